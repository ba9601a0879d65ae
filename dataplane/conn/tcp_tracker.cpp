#include "dataplane/conn/tcp_tracker.h"

#include "dataplane/net/checksum.h"
#include "dataplane/net/headers.h"

namespace spillway {
namespace {

/// Sequence numbers compare modulo 2^32 (RFC 9293 3.4).
constexpr bool after(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b) > 0;
}

void note_sequence(const TcpSegment& s, TcpProgress& progress, TcpSeen& seen,
                   Direction d) noexcept {
  auto& end = progress.end[index_of(d)];
  if (!seen.has(TcpSeen::sequence, d) || after(s.end(), end)) end = s.end();
  seen.set(TcpSeen::sequence, d);
  if ((s.flags & tcp::ack_flag) == 0) return;
  auto& ack = progress.ack[index_of(d)];
  if (!seen.has(TcpSeen::ack, d) || after(s.ack, ack)) ack = s.ack;
  seen.set(TcpSeen::ack, d);
}

/// RFC 5961 3.2 wants RCV.NXT exactly. From the middle we allow all between what the receiver has
/// acknowledged and what the sender has sent: an ACK may be on its way past the RST.
bool reset_in_window(ConnState state, const TcpProgress& progress, TcpSeen seen, Direction d,
                     const TcpSegment& s) noexcept {
  const Direction peer = opposite(d);
  if (state == ConnState::tcp_syn_sent && d == Direction::reply) {
    // RFC 9293 3.10.7.3: refused only if it acknowledges our SYN.
    return (s.flags & tcp::ack_flag) != 0 && s.ack == progress.end[index_of(peer)];
  }
  const std::uint32_t sent = progress.end[index_of(d)];
  const bool sent_known = seen.has(TcpSeen::sequence, d);
  if (!seen.has(TcpSeen::ack, peer)) return sent_known && s.seq == sent;
  const std::uint32_t acked = progress.ack[index_of(peer)];
  const std::uint32_t window = sent_known && after(sent, acked) ? sent - acked : 0;
  return s.seq - acked <= window;
}

/// A FIN counts as acknowledged once the peer's ACK covers all that its sender sent.
void note_fin_acks(const TcpProgress& progress, TcpSeen& seen) noexcept {
  for (const Direction d : {Direction::original, Direction::reply}) {
    const Direction peer = opposite(d);
    if (seen.has(TcpSeen::fin, d) && seen.has(TcpSeen::ack, peer) &&
        !after(progress.end[index_of(d)], progress.ack[index_of(peer)]))
      seen.set(TcpSeen::fin_acked, d);
  }
}

ConnState closing_state(TcpSeen seen) noexcept {
  const bool fin_both =
      seen.has(TcpSeen::fin, Direction::original) && seen.has(TcpSeen::fin, Direction::reply);
  const bool acked_original = seen.has(TcpSeen::fin_acked, Direction::original);
  const bool acked_reply = seen.has(TcpSeen::fin_acked, Direction::reply);
  if (fin_both)
    return acked_original && acked_reply ? ConnState::tcp_time_wait : ConnState::tcp_last_ack;
  return acked_original || acked_reply ? ConnState::tcp_close_wait : ConnState::tcp_fin_wait;
}

ConnState next_state(ConnState state, TcpSeen& seen, Direction d, const TcpSegment& s) noexcept {
  if (state == ConnState::tcp_close || state == ConnState::tcp_time_wait) return state;
  const bool syn = (s.flags & tcp::syn) != 0;
  if (state == ConnState::tcp_syn_sent) {
    // A bare SYN of the other side is a simultaneous open (RFC 5382 REQ-2).
    return d == Direction::reply && syn ? ConnState::tcp_syn_received : state;
  }
  const bool fin = (s.flags & tcp::fin) != 0 && !syn;
  if (fin) seen.set(TcpSeen::fin, d);
  if (seen.has(TcpSeen::fin, Direction::original) || seen.has(TcpSeen::fin, Direction::reply))
    return closing_state(seen);
  const bool both_acked =
      seen.has(TcpSeen::ack, Direction::original) && seen.has(TcpSeen::ack, Direction::reply);
  if (state == ConnState::tcp_syn_received && both_acked) return ConnState::tcp_established;
  return state;
}

}  // namespace

TcpSegment TcpSegment::read(const std::uint8_t* l4, std::size_t l4_length) noexcept {
  const std::size_t header = std::size_t{l4[tcp::data_offset]} >> 4 << 2;
  return TcpSegment{swap32(load<std::uint32_t>(l4 + tcp::seq)),
                    swap32(load<std::uint32_t>(l4 + tcp::ack)),
                    static_cast<std::uint32_t>(l4_length - header), l4[tcp::flags]};
}

std::uint32_t TcpSegment::end() const noexcept {
  return seq + payload + ((flags & tcp::syn) != 0) + ((flags & tcp::fin) != 0);
}

TcpOpening tcp_opening(std::uint8_t flags, bool loose) noexcept {
  constexpr std::uint8_t mask = tcp::syn | tcp::ack_flag | tcp::rst | tcp::fin;
  if ((flags & mask) == tcp::syn) return {true, ConnState::tcp_syn_sent};
  if ((flags & mask) == tcp::ack_flag) return {loose, ConnState::tcp_established};
  return {};
}

void tcp_begin(const TcpSegment& first, TcpProgress& progress, TcpSeen& seen) noexcept {
  note_sequence(first, progress, seen, Direction::original);
}

TcpOutcome tcp_advance(ConnState& state, TcpProgress& progress, TcpSeen& seen, Direction direction,
                       const TcpSegment& segment) noexcept {
  const bool ended = state == ConnState::tcp_close || state == ConnState::tcp_time_wait;
  constexpr std::uint8_t opening = tcp::syn | tcp::ack_flag | tcp::rst;
  if (ended && direction == Direction::original && (segment.flags & opening) == tcp::syn)
    return TcpOutcome::reopen;
  ConnState next = state;
  if ((segment.flags & tcp::rst) != 0) {
    if (reset_in_window(state, progress, seen, direction, segment)) next = ConnState::tcp_close;
  } else {
    note_sequence(segment, progress, seen, direction);
    next = next_state(state, seen, direction, segment);
    if (next != state || seen.bits >= 1u << TcpSeen::fin) note_fin_acks(progress, seen);
    if (next >= ConnState::tcp_fin_wait && next < ConnState::tcp_time_wait)
      next = closing_state(seen);
  }
  if (next == state) return TcpOutcome::unchanged;
  state = next;
  return TcpOutcome::changed;
}

}  // namespace spillway
