#pragma once
// The TCP state of a connection as a router between both ends sees it (RFC 5382, RFC 9293).

#include <array>
#include <cstdint>

#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/direction.h"

namespace spillway {

/// The fields of a TCP header that tracking reads; host order.
struct TcpSegment {
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint32_t payload = 0;  ///< bytes
  std::uint8_t flags = 0;

  /// Reads a header whose lengths the parser has checked; `l4_length` covers header and payload.
  static TcpSegment read(const std::uint8_t* l4, std::size_t l4_length) noexcept;
  /// The sequence number after this segment; SYN and FIN take one each.
  std::uint32_t end() const noexcept;
};

/// What each side has sent and acknowledged. One sequence check needs no more (RFC 5961 3.2).
struct TcpProgress {
  std::array<std::uint32_t, 2> end{};  ///< highest sequence number sent, by direction
  std::array<std::uint32_t, 2> ack{};  ///< highest acknowledgement sent, by direction
};

/// What has been seen, a bit for each direction.
struct TcpSeen {
  std::uint8_t bits = 0;

  enum What : unsigned { sequence = 0, ack = 2, fin = 4, fin_acked = 6 };
  constexpr bool has(What what, Direction d) const noexcept {
    return ((bits >> (what + index_of(d))) & 1u) != 0;
  }
  constexpr void set(What what, Direction d) noexcept {
    bits = static_cast<std::uint8_t>(bits | (1u << (what + index_of(d))));
  }
};

enum class TcpOutcome : std::uint8_t {
  unchanged,
  changed,  ///< the state, and with it the timeout
  reopen,   ///< a SYN of the opener after the end: a new connection replaces this one (R13)
};

/// State of a connection that `first` opens, or nothing when it cannot open one: a SYN can, and
/// mid-stream with `loose` a segment with ACK but neither SYN, FIN nor RST (R16).
struct TcpOpening {
  bool allowed = false;
  ConnState state = ConnState::tcp_syn_sent;
};
TcpOpening tcp_opening(std::uint8_t flags, bool loose) noexcept;

/// Starts tracking with the first segment.
void tcp_begin(const TcpSegment& first, TcpProgress& progress, TcpSeen& seen) noexcept;

/// Follows one segment. Segments that fit no state are forwarded and change nothing; a RST outside
/// the receiver's window does not close (R14). Thread contract: worker only.
TcpOutcome tcp_advance(ConnState& state, TcpProgress& progress, TcpSeen& seen, Direction direction,
                       const TcpSegment& segment) noexcept;

}  // namespace spillway
