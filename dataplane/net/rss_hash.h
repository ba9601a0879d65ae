#pragma once
// Receive-side scaling as network cards do it (the Toeplitz hash), with keys of our own choice: the
// same index on both sides of a translation, so that both directions of a connection reach one
// worker although their addresses differ.

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/net/addr.h"
#include "dataplane/net/ip_proto.h"

namespace spillway {

/// The index depends on three things that both sides see: the remote end's address and port, and
/// the port of the host here, which translation preserves wherever it can. The host's own address,
/// inside or outside, meets zeros in the key.
///
/// A card takes the low bits of its 32-bit hash; input bit i adds the 32 key bits from i on. Of
/// these only the last `index_bits` matter, so a key bit takes part in few input bits' windows, and
/// zeros between the three parts keep them independent of their order in the packet, which differs
/// between the sides. The first and last bit of each part are set: neighbouring ports and addresses
/// then spread over all indices evenly. The others are random.
///
/// Thread contract: immutable once made; any.
class RssHash {
 public:
  /// The longest key of any driver; for IPv4 cards read the first 16 bytes.
  static constexpr std::size_t kKeyBytes = 52;
  using Key = std::array<std::uint8_t, kKeyBytes>;

  static constexpr unsigned kMostIndexBits = 7;
  static constexpr std::size_t kMostIndices = 1u << kMostIndexBits;

  struct Settings {
    std::uint64_t random = 0;
    unsigned index_bits = kMostIndexBits;  ///< 1..kMostIndexBits: of the smallest table
    bool tcp_ports = true;                 ///< whether all cards look at ports of TCP, of UDP
    bool udp_ports = true;
  };
  explicit RssHash(const Settings& settings) noexcept;

  /// What a port on the LAN side, and one at an uplink, must be given.
  const Key& lan_key() const noexcept { return lan_key_; }
  const Key& uplink_key() const noexcept { return uplink_key_; }
  bool counts_tcp_ports() const noexcept { return tcp_ports_; }
  bool counts_udp_ports() const noexcept { return udp_ports_; }
  std::size_t indices() const noexcept { return std::size_t{1} << index_bits_; }

  /// The index of a packet between `remote` and a host here. Ports of protocols that have none, and
  /// ICMP identifiers, do not count.
  std::uint8_t index(IpProto proto, Ipv4Addr remote, L4Port remote_port,
                     L4Port host_port) const noexcept {
    const std::uint8_t of_ports = at(remote_port, kRemotePort) ^ at(host_port, kHostPort);
    return static_cast<std::uint8_t>(at(remote) ^ (counts_ports(proto) ? of_ports : 0));
  }

 private:
  static constexpr std::size_t kHostPort = 4;  // bytes of the input, in our own order
  static constexpr std::size_t kRemotePort = 6;
  static constexpr std::size_t kInput = 8;

  bool counts_ports(IpProto proto) const noexcept {
    return (proto == IpProto::tcp && tcp_ports_) || (proto == IpProto::udp && udp_ports_);
  }
  std::uint8_t at(L4Port port, std::size_t first) const noexcept {
    return static_cast<std::uint8_t>(table_[first][port.be & 0xffu] ^
                                     table_[first + 1][port.be >> 8]);
  }
  std::uint8_t at(Ipv4Addr a) const noexcept {
    return static_cast<std::uint8_t>(table_[0][a.be & 0xffu] ^ table_[1][a.be >> 8 & 0xffu] ^
                                     table_[2][a.be >> 16 & 0xffu] ^ table_[3][a.be >> 24]);
  }

  unsigned index_bits_;
  bool tcp_ports_;
  bool udp_ports_;
  std::array<std::array<std::uint8_t, 256>, kInput> table_{};  ///< by byte of the input
  Key lan_key_{};
  Key uplink_key_{};
};

}  // namespace spillway
