#include "control/router/counter_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

namespace spillway {
namespace {

std::uint64_t sum(const std::array<std::uint64_t, kDropReasons>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace

void CounterTotals::add(const WorkerCounters& worker) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const bool linux_port = i + 1 == ports.size();
    const PortCounters& from = worker.ports[linux_port ? index_of(PortIndex::kernel) : i];
    ports[i].rx_packets += from.rx_packets.get();
    ports[i].rx_bytes += from.rx_bytes.get();
    ports[i].tx_packets += from.tx_packets.get();
    ports[i].tx_bytes += from.tx_bytes.get();
  }
  for (std::size_t i = 0; i < kDropReasons; ++i) drops[i] += worker.drops[i].get();
  generated += worker.generated.get();
  relayed += worker.relayed.get();
  given += worker.given.get();
  taken += worker.taken.get();
  punted += worker.punted.get();
  merged += worker.merged.get();
  split += worker.split.get();
  held += worker.held.get();
  connections += worker.connections.get();
  expired += worker.expired.get();
  displaced += worker.displaced.get();
  for (const auto& mark : worker.opened)
    for (const Counter& uplink : mark) opened += uplink.get();
}

void CounterTotals::add(const WorkerLink::UnderWay& link) {
  under_way.punted += link.punted;
  under_way.routed += link.routed;
  under_way.transmitted += link.transmitted;
}

std::uint64_t CounterTotals::received() const noexcept {
  std::uint64_t n = 0;
  for (const Port& port : ports) n += port.rx_packets;
  return n;
}

std::uint64_t CounterTotals::sent() const noexcept {
  std::uint64_t n = 0;
  for (const Port& port : ports) n += port.tx_packets;
  return n;
}

std::uint64_t CounterTotals::dropped() const noexcept {
  return sum(drops);
}

bool CounterTotals::balanced() const noexcept {
  const ControlCounters& c = control;
  const bool workers = received() + generated + relayed + split + taken ==
                       sent() + dropped() + punted + merged + held + given;
  const bool inwards = punted == c.arp + c.to_linux + c.echoed + c.probe_answers +
                                     sum(c.dropped_in) + under_way.punted;
  const bool outwards = c.from_linux == c.answered + (c.routed - c.echoed) +
                                            (c.transmitted - c.arp_sent - c.probes) +
                                            sum(c.dropped_out);
  const bool handed_over = c.transmitted == relayed + under_way.transmitted &&
                           c.routed == ports.back().rx_packets + under_way.routed;
  const bool between_workers = given == taken + under_way.handed_over;
  return workers && inwards && outwards && handed_over && between_workers;
}

std::string to_text(const CounterTotals& t) {
  std::string text = fmt::format("{:<16}{:>16}{:>18}{:>16}{:>18}\n", "port", "rx packets",
                                 "rx bytes", "tx packets", "tx bytes");
  for (const CounterTotals::Port& p : t.ports)
    text += fmt::format("{:<16}{:>16}{:>18}{:>16}{:>18}\n", p.name, p.rx_packets, p.rx_bytes,
                        p.tx_packets, p.tx_bytes);
  text += fmt::format("connections: {} open, {} opened, {} timed out, {} displaced\n",
                      t.connections, t.opened, t.expired, t.displaced);
  text += fmt::format(
      "received {} + made here {} = sent {} + dropped {} + for the router {} + waiting {}\n",
      t.received() - t.merged, t.generated + t.relayed + t.split, t.sent(), t.dropped(), t.punted,
      t.held);
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    const std::uint64_t n = t.drops[i] + t.control.dropped_in[i] + t.control.dropped_out[i];
    if (n > 0)
      text += fmt::format("  dropped {:>12}  {}: {}\n", n, kDropReasonTexts[i].name,
                          kDropReasonTexts[i].meaning);
  }
  text += t.balanced() ? "counters balance\n" : "counters do not balance\n";
  return text;
}

std::string to_json(const CounterTotals& t) {
  nlohmann::ordered_json json;
  json["balanced"] = t.balanced();
  json["received"] = t.received();
  json["sent"] = t.sent();
  json["generated"] = t.generated;
  json["relayed"] = t.relayed;
  json["punted"] = t.punted;
  json["handed_over"] = t.given;
  json["merged"] = t.merged;
  json["split"] = t.split;
  json["held"] = t.held;
  json["connections"] = {{"open", t.connections},
                         {"opened", t.opened},
                         {"timed_out", t.expired},
                         {"displaced", t.displaced}};
  for (const CounterTotals::Port& p : t.ports)
    json["ports"][p.name] = {{"rx_packets", p.rx_packets},
                             {"rx_bytes", p.rx_bytes},
                             {"tx_packets", p.tx_packets},
                             {"tx_bytes", p.tx_bytes}};
  json["dropped"] = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    const std::uint64_t n = t.drops[i] + t.control.dropped_in[i] + t.control.dropped_out[i];
    if (n > 0) json["dropped"][std::string(kDropReasonTexts[i].name)] = n;
  }
  return json.dump(2) + "\n";
}

}  // namespace spillway
