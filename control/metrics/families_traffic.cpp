// Packets by port, drops by reason, and connections.

#include "control/metrics/families.h"

namespace spillway::metrics {
namespace {

void add_control(FamilySet& set, const ControlCounters& c) {
  set.counter("control_packets", "Packets that the control core handled, by what became of them.")
      .add(c.arp, {{"what", "arp"}})
      .add(c.to_linux, {{"what", "to_linux"}})
      .add(c.echoed, {{"what", "echoed"}})
      .add(c.from_linux, {{"what", "from_linux"}})
      .add(c.answered, {{"what", "answered"}})
      .add(c.routed, {{"what", "routed"}})
      .add(c.transmitted, {{"what", "transmitted"}})
      .add(c.arp_sent, {{"what", "arp_sent"}})
      .add(c.probes, {{"what", "probe"}})
      .add(c.probe_answers, {{"what", "probe_answer"}});
}

/// Whether the pair has a place in the output: all that ever was, and every uplink's own mark.
bool is_shown(const RouterSnapshot& s, std::size_t mark, std::size_t column) {
  const bool usual = static_cast<Mark>(mark) == Mark::sticky && column < s.uplinks.size();
  return usual || s.connections.opened[mark][column] > 0;
}

Labels labels_of(const RouterSnapshot& s, std::size_t mark, std::size_t column) {
  return {{"mark", std::string(mark_label(static_cast<Mark>(mark)))},
          {"uplink", uplink_of_column(s, column)}};
}

template <typename Add>
void each_shown(const RouterSnapshot& s, Add&& add) {
  for (std::size_t mark = 0; mark < kMarks; ++mark)
    for (std::size_t column = 0; column <= kMaxUplinks; ++column)
      if (is_shown(s, mark, column)) add(mark, column, labels_of(s, mark, column));
}

}  // namespace

void add_traffic(FamilySet& set, const RouterSnapshot& s) {
  Family bytes = set.counter("port_bytes", "Bytes of frames by port and direction, without FCS.");
  for (const CounterTotals::Port& port : s.counters.ports)
    bytes.add(port.rx_bytes, {{"port", port.name}, {"direction", "rx"}})
        .add(port.tx_bytes, {{"port", port.name}, {"direction", "tx"}});
  Family packets = set.counter("port_packets", "Frames by port and direction.");
  for (const CounterTotals::Port& port : s.counters.ports)
    packets.add(port.rx_packets, {{"port", port.name}, {"direction", "rx"}})
        .add(port.tx_packets, {{"port", port.name}, {"direction", "tx"}});
  Family links = set.gauge("port_link_up", "1 while the port's link carries, as its driver tells.");
  for (const PortLink& link : s.links) links.add(link.up, {{"port", link.name}});
  Family drops = set.counter("dropped_packets", "Packets that ended in the router, by reason.");
  for (std::size_t i = 0; i < kDropReasons; ++i)
    drops.add(s.dropped(static_cast<DropReason>(i)),
              {{"reason", std::string(kDropReasonTexts[i].name)}});
  set.counter("punted_packets", "Packets handed to the control core.").add(s.counters.punted);
  set.counter("generated_packets", "Packets that workers made: ICMP errors, resets.")
      .add(s.counters.generated);
  set.counter("relayed_packets", "Packets of the control core, sent as they were.")
      .add(s.counters.relayed);
  set.counter("merged_packets", "Fragments that became part of a whole packet.")
      .add(s.counters.merged);
  set.counter("split_packets", "Fragments cut, beside the first of their packet.")
      .add(s.counters.split);
  set.gauge("held_packets", "Packets that wait for a neighbour, or for the rest of a datagram.")
      .add(s.counters.held);
  add_control(set, s.counters.control);
}

void add_connections(FamilySet& set, const RouterSnapshot& s) {
  Family living =
      set.gauge("connections", "Connections that there are, by mark, uplink and state.");
  each_shown(s, [&](std::size_t mark, std::size_t column, const Labels& labels) {
    for (std::size_t state = 0; state < kConnStates; ++state) {
      Labels all = labels;
      all.push_back({"state", std::string(state_label(static_cast<ConnState>(state)))});
      living.add(s.connections.living[mark][column][state], std::move(all));
    }
  });
  Family opened = set.counter("connections_opened", "Connections opened, by mark and uplink.");
  each_shown(s, [&](std::size_t mark, std::size_t column, Labels labels) {
    opened.add(s.connections.opened[mark][column], std::move(labels));
  });
  set.counter("connections_expired", "Connections that timed out.").add(s.counters.expired);
  set.counter("connections_displaced",
              "Unanswered connections that made room for new ones in a full table.")
      .add(s.counters.displaced);
  set.counter("connections_evicted", "Connections that failover or failback ended.")
      .add(s.connections.evicted);
}

}  // namespace spillway::metrics
