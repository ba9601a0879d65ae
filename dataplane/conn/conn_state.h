#pragma once
// Connection states and their timeouts; the state is the index into the timeout table.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spillway {

/// Names as conntrack and RouterOS use them; UDP, ICMP and others have states too, so that one
/// table of timeouts serves every packet.
enum class ConnState : std::uint8_t {
  tcp_syn_sent,
  tcp_syn_received,
  tcp_established,
  tcp_fin_wait,
  tcp_close_wait,
  tcp_last_ack,
  tcp_time_wait,
  tcp_close,
  udp,         ///< no reply seen yet
  udp_stream,  ///< answered
  icmp,
  generic,
};
inline constexpr std::size_t kConnStates = 12;

constexpr std::size_t index_of(ConnState s) noexcept {
  return static_cast<std::size_t>(s);
}
constexpr bool is_tcp(ConnState s) noexcept {
  return s <= ConnState::tcp_close;
}

/// Idle time after which a connection in each state ends (R10), in milliseconds.
struct Timeouts {
  std::array<std::uint32_t, kConnStates> ms{};

  constexpr std::uint32_t of(ConnState s) const noexcept { return ms[index_of(s)]; }
  constexpr bool operator==(const Timeouts&) const noexcept = default;
};

namespace detail {
constexpr Timeouts seconds(std::array<std::uint32_t, kConnStates> s) noexcept {
  Timeouts t;
  for (std::size_t i = 0; i < kConnStates; ++i) t.ms[i] = s[i] * 1000u;
  return t;
}
}  // namespace detail

/// RouterOS' defaults, as in the talk.
inline constexpr Timeouts kTimeoutsRouteros =
    detail::seconds({5, 5, 86400, 10, 10, 10, 10, 10, 10, 180, 10, 600});
/// The least that RFC 5382 REQ-5 (TCP), RFC 4787 REQ-5 (UDP) and RFC 5508 REQ-1 (ICMP) allow.
inline constexpr Timeouts kTimeoutsRfc =
    detail::seconds({240, 240, 7440, 240, 240, 240, 240, 240, 300, 300, 60, 600});
/// Linux nf_conntrack's defaults.
inline constexpr Timeouts kTimeoutsLinux =
    detail::seconds({120, 60, 432000, 120, 60, 30, 120, 10, 30, 120, 30, 600});

}  // namespace spillway
