#include "control/router/prober.h"

#include "control/random_secret.h"
#include "control/router/frames_out.h"

namespace spillway {
namespace {

std::vector<ProbedUplink> probed(const config::Config& config) {
  std::vector<ProbedUplink> uplinks;
  for (const config::Uplink& uplink : config.uplinks)
    uplinks.push_back({uplink.name, uplink.gateway, uplink.health});
  return uplinks;
}

}  // namespace

Prober::Prober(const config::Config& config, const RouterPorts& ports,
               const NeighbourCache& neighbours, std::span<const L4Port> ids, WorkerLink& link,
               const PacketPools& pools, ControlCounters& counters)
    : ports_(ports),
      neighbours_(neighbours),
      link_(link),
      pools_(pools),
      counters_(counters),
      ids_(ids.begin(), ids.end()),
      lans_(config.lans.size()),
      secret_(random_secret()),
      board_(probed(config)) {
  for (const config::Uplink& uplink : config.uplinks) gateways_.push_back(uplink.gateway);
}

void Prober::adopt(const config::Config& config) {
  ProbeBoard next(probed(config));
  next.resume(board_);
  board_ = std::move(next);
}

PortIndex Prober::port_of(UplinkId uplink) const noexcept {
  return port_index(lans_ + index_of(uplink));
}

void Prober::poll(TimePoint now) {
  for (const ProbeOrder& order : board_.tick(clock_.at(now))) send(order);
}

void Prober::send(const ProbeOrder& order) {
  const std::size_t at = index_of(order.uplink);
  const RouterPort& port = ports_[port_of(order.uplink)];
  const MacAddr& own = port.device->mac();
  const auto* gateway = neighbours_.find(port.index, gateways_[at]);
  const bool known = gateway != nullptr && gateway->state != NeighbourCache::State::incomplete;
  if (order.kind == ProbeOrder::Kind::arp) {
    const ArpPacket question{
        ArpPacket::Operation::request, own, port.interface.address, {}, order.target};
    // After a miss everybody is asked: another router may have taken over the gateway's address.
    const bool sure = known && !order.missed;
    const auto frame = write_arp(question, sure ? gateway->mac : kBroadcastMac);
    if (transmit(link_, pools_, port.index, frame, counters_)) ++counters_.probes;
    return;
  }
  // Without a way to the gateway the probe counts as sent, and will be missed.
  if (!known) return;
  const auto frame = write_echo({own, gateway->mac, port.interface.address, order.target,
                                 ids_[at].host(), order.sequence,
                                 probe_nonce(secret_, order.uplink, order.target, order.sequence)});
  if (transmit(link_, pools_, port.index, frame, counters_)) ++counters_.probes;
}

void Prober::heard_arp(TimePoint now, PortIndex port, const ArpPacket& packet) {
  if (index_of(port) < lans_ || packet.operation != ArpPacket::Operation::reply) return;
  const UplinkId uplink = uplink_id(index_of(port) - lans_);
  if (packet.sender != gateways_[index_of(uplink)] ||
      packet.target != ports_[port].interface.address)
    return;
  board_.arp_answered(clock_.at(now), uplink);
}

bool Prober::take_reply(TimePoint now, PortIndex port, std::span<const std::uint8_t> frame) {
  if (index_of(port) < lans_ || port == PortIndex::kernel) return false;
  const UplinkId uplink = uplink_id(index_of(port) - lans_);
  const auto reply = read_echo_reply(frame);
  if (!reply || reply->id != ids_[index_of(uplink)].host()) return false;
  const bool ours = reply->to == ports_[port].interface.address &&
                    reply->nonce == probe_nonce(secret_, uplink, reply->from, reply->sequence);
  if (ours && board_.echo_answered(clock_.at(now), uplink, reply->from, reply->sequence))
    ++counters_.probe_answers;
  else
    counters_.drop_in(DropReason::icmp_unmatched);
  return true;
}

}  // namespace spillway
