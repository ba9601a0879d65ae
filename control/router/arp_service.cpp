#include "control/router/arp_service.h"

#include <algorithm>
#include <array>

#include "control/router/frames_out.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::size_t kAtOnce = 64;

}  // namespace

ArpService::ArpService(const RouterPorts& ports, std::span<const std::unique_ptr<WorkerLink>> links,
                       const PacketPools& pools, ControlCounters& counters, EventLog& events)
    : ports_(ports), links_(links), pools_(pools), counters_(counters), events_(events) {
  for (const RouterPort& port : ports.all())
    cache_.set_port(port.index, {port.device->mac(), port.interface});
}

void ArpService::start(TimePoint now, const config::Config& config) {
  for (const RouterPort& port : ports_.all()) cache_.announce(port.index);
  for (const RouterPort& port : ports_.all())
    if (is_uplink(port.zone))
      cache_.keep(now, port.index, config.uplinks[index_of(uplink_of(port.zone))].gateway);
  flush(now);
}

std::size_t ArpService::poll(TimePoint now) {
  std::array<rte_mbuf*, kAtOnce> room;
  std::size_t n = 0;
  for (const auto& link : links_) {
    const std::size_t taken = link->take_arp(room);
    for (const rte_mbuf* packet : std::span(room).first(taken)) hear(now, packet);
    rte_pktmbuf_free_bulk(room.data(), static_cast<unsigned>(taken));
    n += taken;
    NeighbourNote note;
    for (std::size_t i = 0; i < kAtOnce && link->take_wanted(note); ++i, ++n)
      cache_.wanted(now, note.port, note.address);
  }
  if (n > 0) flush(now);
  return n;
}

void ArpService::hear(TimePoint now, const rte_mbuf* packet) {
  ++counters_.arp;
  const auto arp = read_arp({frame_of(packet), packet->data_len});
  if (!arp) return;
  const auto port = static_cast<PortIndex>(packet->port);
  cache_.heard(now, port, *arp);
  if (listener_) listener_(now, port, *arp);
}

void ArpService::tick(TimePoint now) {
  cache_.tick(now);
  flush(now);
}

void ArpService::flush(TimePoint now) {
  for (const ArpFrame& frame : cache_.take_frames()) send(frame);
  for (const NeighbourNote& note : cache_.take_notes())
    for (const auto& link : links_) link->tell(note);
  for (const AddressConflict& conflict : cache_.take_conflicts()) {
    const RouterPort& port = ports_[conflict.port];
    events_.add(now, {.kind = EventKind::conflict,
                      .severity = Severity::error,
                      .subject = port.name,
                      .text = port.name + ": " + to_string(conflict.other) +
                              " also uses our address " + to_string(port.interface.address),
                      .facts = {{"mac", to_string(conflict.other)}}});
  }
}

void ArpService::send(const ArpFrame& frame) {
  const auto bytes = write_arp(frame.packet, frame.to);
  if (transmit(*links_.front(), pools_, frame.port, bytes, counters_)) ++counters_.arp_sent;
}

}  // namespace spillway
