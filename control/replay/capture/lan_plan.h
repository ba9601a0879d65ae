#pragma once
// Which captured hosts are the LAN, and the addresses that all hosts get in the configured network.

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "control/replay/capture/capture.h"
#include "dataplane/net/addr.h"
#include "dataplane/net/ip_proto.h"

namespace spillway::replay {

/// Decides after one reading of the capture:
///
/// 1. `--lan-net`: hosts in the named prefixes, and only those, are the LAN.
/// 2. Private addresses (RFC 1918, RFC 6598, RFC 3927) beside public ones: the private ones are.
/// 3. Else the hosts that opened more connections than were opened to them; when there is no such
///    host, the one with the most packets.
///
/// A LAN host keeps its host bits in the configured prefix where they are free, else it gets the
/// next free address. A remote host keeps its address unless that lies in a network of the router's
/// own; then it moves to 198.18.0.0/15 (RFC 2544), likewise. Everything follows the order of
/// appearance, so the same capture gives the same plan.
/// Thread contract: one thread until `finish`, any thereafter.
class LanPlan {
 public:
  struct Settings {
    std::vector<Ipv4Interface> lans;   ///< of the router
    std::vector<Ipv4Prefix> own;       ///< networks that no remote host may be in
    std::vector<Ipv4Prefix> lan_nets;  ///< --lan-net
  };
  struct Observed {
    Ipv4Addr src;
    Ipv4Addr dst;
    LinkCast cast = LinkCast::unknown;
    IpProto proto{};
    L4Port src_port;
    L4Port dst_port;
    std::uint8_t tcp_flags = 0;
  };

  explicit LanPlan(Settings settings) : settings_(std::move(settings)) {}

  void observe(const Observed& packet);
  void finish();

  bool is_lan(Ipv4Addr captured) const { return lan_.count(captured.be) != 0; }
  /// The address under which the configured network knows a captured one; nothing when the LAN's
  /// prefix has no room left for it.
  std::optional<Ipv4Addr> address(Ipv4Addr captured) const;
  /// Which hosts were taken for the LAN, and why.
  const std::string& description() const { return description_; }
  std::size_t hosts() const { return lan_.size(); }

 private:
  struct Host {
    Ipv4Addr address;
    std::uint64_t packets = 0;
    std::uint64_t opened = 0;    ///< connections that it opened
    std::uint64_t accepted = 0;  ///< connections opened to it
    bool sends = false;
    bool broadcast = false;  ///< destination of link-layer broadcasts
  };

  Host& host(Ipv4Addr address);
  bool opens(const Observed& packet);
  bool is_directed_broadcast(const Host& host) const;
  bool is_own(Ipv4Addr address) const;
  void choose_lan();
  void take(const Host& host) { lan_.insert(host.address.be); }
  void take_initiators();
  void assign_lan();
  void assign_remotes();
  void describe(const std::string& why);
  const Ipv4Interface& lan_for(Ipv4Addr captured) const;
  bool usable(const Ipv4Interface& lan, Ipv4Addr address) const;

  Settings settings_;
  std::vector<Host> hosts_;  ///< in order of appearance
  std::unordered_map<std::uint32_t, std::size_t> position_;
  std::unordered_set<std::uint64_t> udp_seen_;
  std::unordered_set<std::uint32_t> lan_;
  std::unordered_map<std::uint32_t, Ipv4Addr> address_;  ///< where it differs or is a LAN host's
  std::unordered_set<std::uint32_t> taken_;
  std::string description_;
};

}  // namespace spillway::replay
