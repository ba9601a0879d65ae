#pragma once
// Plays everything around the router: decides where each captured packet reaches it, and in which
// shape.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "control/config/config.h"
#include "control/replay/capture/capture.h"
#include "control/replay/capture/lan_plan.h"
#include "control/replay/engine/expectation.h"
#include "control/replay/engine/ledger.h"
#include "control/replay/engine/readdress.h"
#include "control/replay/engine/round.h"
#include "dataplane/port_index.h"

namespace spillway::replay {

/// A frame before a port of the router.
struct Feed {
  PortIndex port = PortIndex::none;
  std::vector<std::uint8_t> frame;
  ParsedPacket parsed;  ///< of the frame's packet
  Expectation expected;
  bool captured_reply = false;  ///< a packet that the capture's LAN host received
};

/// A captured packet that cannot be fed without changing what it means.
struct Skip {
  std::string reason;
};

/// What the feeding changed for packets to be usable at all.
struct Adjusted {
  std::uint64_t padded = 0;              ///< cut by the snap length, filled up with zeros
  std::uint64_t checksum_completed = 0;  ///< IPv4 checksum 0, left to the capturing host's NIC
  std::uint64_t length_completed = 0;    ///< IPv4 length 0: a segment that the NIC had still to cut
};

/// Thread contract: one thread.
class Internet {
 public:
  Internet(const config::Config& config, const LanPlan& plan, Ledger& ledger)
      : config_(config), plan_(plan), ledger_(ledger) {}

  /// What is prepared from here on belongs to another playing of the capture.
  void begin(const Round& round) { round_ = round; }

  std::variant<Feed, Skip> prepare(const CapturedPacket& captured, TimePoint now);

  /// Whether a captured packet comes from a host that is not the LAN's.
  bool from_outside(const CapturedPacket& captured) const;

  const Adjusted& adjusted() const { return adjusted_; }

 private:
  using Result = std::variant<Feed, Skip>;

  Result prepare_ipv4(const CapturedPacket& captured, TimePoint now);
  bool complete(const CapturedPacket& captured);
  bool map_addresses();
  void map_embedded(const ParsedPacket& outer);

  Result on_lan(const CapturedPacket& captured, const MacAddr& to) const;
  Result from_lan(const CapturedPacket& captured, const MacAddr& to, TimePoint now);
  Result from_internet(TimePoint now);
  Result reply(const ParsedPacket& parsed, TimePoint now);
  Result error_from_lan(Feed fed, TimePoint now) const;
  Result error_from_internet(const ParsedPacket& parsed, TimePoint now);
  Expectation expect_error(ConnId id, bool to_sender, ConstIpv4Bytes ip, bool to_lan,
                           TimePoint now) const;
  Feed feed(PortIndex port, const MacAddr& to, const MacAddr& from) const;
  Feed feed_uplink(UplinkId uplink) const;
  MacAddr router(PortIndex port) const;
  PortIndex lan_of(Ipv4Addr host) const;
  FlowKey unknown_at_first_uplink(const FlowKey& on_lan) const;

  const config::Config& config_;
  const LanPlan& plan_;
  Ledger& ledger_;
  Round round_;
  Adjusted adjusted_;
  std::vector<std::uint8_t> packet_;  ///< the one being prepared, from its IPv4 header on
  bool src_is_lan_ = false;
  bool dst_is_lan_ = false;
};

}  // namespace spillway::replay
