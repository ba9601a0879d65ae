#include "control/router/arp_service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "control/router/frames_out.h"
#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::size_t kAtOnce = 64;

}  // namespace

ArpService::ArpService(const RouterPorts& ports, std::span<const std::unique_ptr<WorkerLink>> links,
                       const PacketPools& pools, ControlCounters& counters)
    : ports_(ports), links_(links), pools_(pools), counters_(counters) {
  for (const RouterPort& port : ports.all())
    cache_.set_port(port.index, {port.device->mac(), port.interface});
}

void ArpService::start(TimePoint now, const config::Config& config) {
  for (const RouterPort& port : ports_.all()) cache_.announce(port.index);
  for (const RouterPort& port : ports_.all())
    if (is_uplink(port.zone))
      cache_.keep(now, port.index, config.uplinks[index_of(uplink_of(port.zone))].gateway);
  flush();
}

std::size_t ArpService::poll(TimePoint now) {
  std::array<rte_mbuf*, kAtOnce> room;
  std::size_t n = 0;
  for (const auto& link : links_) {
    const std::size_t taken = link->take_arp(room);
    for (rte_mbuf* packet : std::span(room).first(taken)) {
      if (const auto arp = read_arp({frame_of(packet), packet->data_len}))
        cache_.heard(now, static_cast<PortIndex>(packet->port), *arp);
      ++counters_.arp;
    }
    rte_pktmbuf_free_bulk(room.data(), static_cast<unsigned>(taken));
    NeighbourNote note;
    for (; n < kAtOnce && link->take_wanted(note); ++n) cache_.wanted(now, note.port, note.address);
    n += taken;
  }
  if (n > 0) flush();
  return n;
}

void ArpService::tick(TimePoint now) {
  cache_.tick(now);
  flush();
}

void ArpService::flush() {
  for (const ArpFrame& frame : cache_.take_frames()) send(frame);
  for (const NeighbourNote& note : cache_.take_notes())
    for (const auto& link : links_) link->tell(note);
  for (const AddressConflict& conflict : cache_.take_conflicts()) {
    const RouterPort& port = ports_[conflict.port];
    spdlog::error("{}: {} also uses our address {}", port.name, to_string(conflict.other),
                  to_string(port.interface.address));
  }
}

void ArpService::send(const ArpFrame& frame) {
  const auto bytes = write_arp(frame.packet, frame.to);
  if (transmit(*links_.front(), pools_, frame.port, bytes, counters_)) ++counters_.arp_sent;
}

}  // namespace spillway
