#pragma once
// IPv4 fragments (R24): put together on the way in, cut again on the way out, by librte_ip_frag.

#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/clock.h"
#include "dataplane/port_index.h"

struct rte_ip_frag_tbl;
struct rte_ip_frag_death_row;
struct rte_mbuf;
struct rte_mempool;

namespace spillway {

/// Thread contract: one worker; creation throws std::runtime_error.
class Fragments {
 public:
  /// Datagrams that may be incomplete at the same time, and for how long (RFC 1122 3.3.2 says 60 s;
  /// 5 s is what fragments on today's paths need, and bounds what a flood of them can hold).
  static constexpr std::uint32_t kDatagrams = 1024;
  static constexpr std::chrono::seconds kPatience{5};
  /// Fragments of one datagram that librte_ip_frag takes; those cut for one egress packet.
  static constexpr std::size_t kMostOut = 64;

  /// `headers` and `bodies` give the buffers for fragments cut here: bodies are indirect.
  Fragments(rte_mempool* headers, rte_mempool* bodies, int socket);
  ~Fragments();
  Fragments(const Fragments&) = delete;
  Fragments& operator=(const Fragments&) = delete;

  /// What has become of a fragment.
  struct Joined {
    rte_mbuf* packet = nullptr;   ///< the whole datagram, header checksum right; null: not yet
    std::uint32_t merged = 0;     ///< buffers that went into it, beside its first
    std::uint32_t discarded = 0;  ///< buffers freed: hopeless datagrams
  };
  /// Takes the fragment at `packet`, an Ethernet frame whose IPv4 header is `header` bytes long and
  /// that came in by `port`: what came in by several is no datagram. Writes to mbuf.port.
  Joined join(rte_mbuf* packet, std::size_t header, PortIndex port, TimePoint now) noexcept;

  /// Frees datagrams that were not completed in time; returns the buffers freed.
  std::uint32_t expire(TimePoint now) noexcept;

  /// Cuts the frame at `packet` into fragments of at most `mtu` bytes of IP packet, each with the
  /// same Ethernet header. The frame is consumed unless the answer is 0: no buffers, or too many.
  std::size_t cut(rte_mbuf* packet, std::uint16_t mtu, rte_mbuf* (&out)[kMostOut]) noexcept;

  /// Buffers waiting for the rest of their datagram.
  std::uint32_t held() const noexcept { return held_; }

 private:
  std::uint32_t discard() noexcept;

  struct FreeTable {
    void operator()(rte_ip_frag_tbl* table) const noexcept;
  };
  std::unique_ptr<rte_ip_frag_tbl, FreeTable> table_;
  std::unique_ptr<rte_ip_frag_death_row> dead_;
  rte_mempool* headers_;
  rte_mempool* bodies_;
  std::uint32_t held_ = 0;
};

}  // namespace spillway
