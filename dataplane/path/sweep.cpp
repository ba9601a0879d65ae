// Orders of the control core over connections: those of an uplink that died end here, so that
// nobody waits for it (R35). Only those that can go elsewhere: the others are better off waiting.

#include <algorithm>

#include "dataplane/net/tcp_reset.h"
#include "dataplane/path/frame.h"
#include "dataplane/path/pipeline.h"

namespace spillway {
namespace {

/// Records fetched ahead of the one looked at.
constexpr std::uint32_t kSweepAhead = 8;
/// Most packets by which the ends of one connection are told.
constexpr std::uint32_t kResetsOfOne = 4;

/// Whether somebody waits for more. Who has heard nothing yet asks again by himself, and is placed
/// anew then.
bool waits_for_more(ConnState state) noexcept {
  return is_tcp(state) && state != ConnState::tcp_close && state != ConnState::tcp_time_wait &&
         state != ConnState::tcp_syn_sent;
}

}  // namespace

void Pipeline::take(const ConnectionOrder& order) noexcept {
  order_ = order;
  sweep_at_ = 0;
}

bool Pipeline::sweep(std::uint32_t budget) noexcept {
  if (!is_sweeping()) [[likely]]
    return false;
  const std::uint32_t end = std::min(table_.capacity(), sweep_at_ + budget);
  for (; sweep_at_ < end; ++sweep_at_) {
    if (sweep_at_ + kSweepAhead < table_.capacity())
      table_.prefetch(static_cast<ConnIndex>(sweep_at_ + kSweepAhead));
    // Out of resets: this connection comes first in the next iteration.
    if (!evict(static_cast<ConnIndex>(sweep_at_))) return true;
  }
  if (sweep_at_ == table_.capacity()) {
    sweep_at_ = kNoSweep;
    counters_.orders.add(1);
  }
  return true;
}

/// False when it has to wait.
bool Pipeline::evict(ConnIndex index) noexcept {
  if (!table_.is_used(index)) return true;
  const Connection& c = table_[index];
  if (!order_.set().contains(c.uplink) || !order_.covers(table_.detail(index).created)) return true;
  if (!may_leave(c)) return true;
  if (order_.tell_tcp != 0 && waits_for_more(c.state) && !reset_ends(c)) return false;
  end_connection(index);
  counters_.evicted.add(1);
  // No more go home than there is room for: the others would be placed elsewhere again.
  if (order_.goes_home()) budget_.take(order_.home);
  return true;
}

bool Pipeline::clear(ConnIndex index) noexcept {
  if (waits_for_more(table_[index].state) && !reset_ends(table_[index])) return false;
  end_connection(index);
  counters_.cleared.add(1);
  return true;
}

/// Whether ending the connection makes it go where the order wants it.
bool Pipeline::may_leave(const Connection& c) noexcept {
  // Since the order was given its uplink may have come back.
  if (!order_.goes_home() && active_.usable.contains(c.uplink)) return false;
  const PlacementContext context{*config_, active_, budget_, affinity_, now_};
  const UplinkId to = place_again(context, c.original_key(), c.mark);
  if (order_.goes_home()) return to == order_.home;
  return active_.usable.contains(to);
}

/// Tells each end on our side, in the name of the other. False when too many were told just now.
bool Pipeline::reset_ends(const Connection& c) noexcept {
  if (packets_ == nullptr) return true;
  if (resets_left_ < kResetsOfOne || !reset_budget_.take(now_)) return false;
  for (const Direction sends : {Direction::original, Direction::reply}) {
    if (is_uplink(c.zone[index_of(sends)])) continue;
    const Direction to = opposite(sends);
    const std::uint32_t sent = c.tcp.end[index_of(to)];
    const std::uint32_t acked = c.tcp.ack[index_of(sends)];
    // An end expects what comes after the last that it got: all that the other has sent, or, if
    // some of it was lost, what this end has acknowledged.
    if (c.tcp_seen.has(TcpSeen::sequence, to)) send_reset(c, to, sent);
    const bool different = !c.tcp_seen.has(TcpSeen::sequence, to) || acked != sent;
    if (c.tcp_seen.has(TcpSeen::ack, sends) && different) send_reset(c, to, acked);
  }
  return true;
}

/// In the direction `to`, as if it had been translated.
void Pipeline::send_reset(const Connection& c, Direction to, std::uint32_t seq) noexcept {
  rte_mbuf* packet = rte_pktmbuf_alloc(packets_);
  if (packet == nullptr) return;
  constexpr std::size_t length = kEtherHeader + kTcpResetLength;
  auto* frame = reinterpret_cast<std::uint8_t*>(
      rte_pktmbuf_append(packet, static_cast<std::uint16_t>(length)));
  std::fill_n(frame, kEtherHeader, std::uint8_t{0});
  store(frame + kEtherTypeAt, swap16(ethertype::ipv4));
  const FlowKey seen = c.rewrite[index_of(to)].result(c.proto, c.zone[index_of(to)]);
  write_tcp_reset(frame + kEtherHeader, {seen.src, seen.dst, seen.src_port, seen.dst_port, seq,
                                         c.tcp.end[index_of(opposite(to))]});
  counters_.generated.add(1);
  --resets_left_;
  // For Linux: it came in by no port.
  port_ = PortIndex::kernel;
  send(packet, static_cast<std::uint16_t>(kTcpResetLength), c.next_hop[index_of(to)]);
}

}  // namespace spillway
