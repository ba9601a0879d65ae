#include "control/replay/engine/summary.h"

#include <cctype>

#include "control/config/mark_name.h"
#include "control/config/protocol_name.h"
#include "control/snapshot.h"

namespace spillway::replay {
namespace {

/// A key of the report: a word in any case.
std::string key_of(IpProto proto) {
  const std::string name = protocol_name(proto);
  return std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "protocol_" + name : name;
}

void count_connections(const config::Config& config, const WorkerCounters& counters,
                       Report& report) {
  for (std::size_t mark = 0; mark < kMarks; ++mark) {
    for (std::size_t column = 0; column <= kMaxUplinks; ++column) {
      const std::uint64_t n = counters.opened[mark][column].get();
      if (n == 0) continue;
      const auto uplink =
          column < config.uplinks.size() ? std::optional(uplink_id(column)) : std::nullopt;
      report.connections[mark_name(static_cast<Mark>(mark), uplink, config)] += n;
      if (uplink) report.uplinks[column].connections += n;
    }
  }
  for (std::size_t i = 0; i < counters.opened_protocol.size(); ++i)
    if (const std::uint64_t n = counters.opened_protocol[i].get(); n > 0)
      report.connections_protocol[key_of(static_cast<IpProto>(i))] = n;
}

}  // namespace

void summarise(const config::Config& config, const Stage& stage, Report& report) {
  report.packets_in = stage.received();
  report.packets_out = stage.sent();
  report.packets_dropped = stage.dropped();
  report.packets_held = stage.held();
  report.packets_generated = stage.generated();
  report.balanced = stage.balanced();
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    const auto reason = static_cast<DropReason>(i);
    if (const std::uint64_t n = stage.drops(reason); n > 0)
      report.drops[std::string(name_of(reason))] = n;
  }
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    const PortCounters& port = stage.counters().ports[index_of(uplink_port(config, uplink_id(i)))];
    report.uplinks[i].tx_bytes = port.tx_bytes.get();
    report.uplinks[i].rx_bytes = port.rx_bytes.get();
  }
  count_connections(config, stage.counters(), report);
}

}  // namespace spillway::replay
