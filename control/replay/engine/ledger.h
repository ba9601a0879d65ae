#pragma once
// The replay's own books: which connections must be alive, where each was placed, and what must
// become of the next packet.

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "control/config/config.h"
#include "control/replay/engine/admission.h"
#include "control/replay/engine/expectation.h"
#include "dataplane/clock.h"
#include "dataplane/conn/conn_state.h"
#include "dataplane/conn/direction.h"
#include "dataplane/conn/tcp_tracker.h"
#include "dataplane/net/parser.h"

namespace spillway::replay {

struct LedgerConnection {
  FlowKey lan;  ///< as the LAN host's packets carry it
  FlowKey wan;  ///< as packets of the uplink carry it; valid once `learned`
  UplinkId uplink = UplinkId::none;
  bool learned = false;        ///< the router has shown where it placed the connection
  bool opened_by_lan = true;   ///< else by a port forward
  bool within_lan = false;     ///< both ends in the LAN: nothing is translated
  bool removed = false;        ///< the router had no room for it, or it was reopened
  std::int64_t last_seen = 0;  ///< milliseconds of router time
  ConnState state = ConnState::generic;
  TcpProgress progress;
  TcpSeen seen;
};

/// A packet with a 5-tuple, as fed to the router.
struct LedgerPacket {
  const ParsedPacket& parsed;
  FlowKey key;
  const std::uint8_t* ip = nullptr;
};

/// Thread contract: one thread. Times are router time.
class Ledger {
 public:
  explicit Ledger(const config::Config& config);

  Expectation from_lan(const LedgerPacket& packet, TimePoint now);
  Expectation from_uplink(const LedgerPacket& packet, TimePoint now);

  /// Records where the router placed a connection. False when its translated 5-tuple belongs to
  /// another living connection (R01).
  bool learn(ConnId id, UplinkId uplink, const FlowKey& wan, TimePoint now);
  /// The router did not open it, for want of room.
  void remove(ConnId id);

  /// The newest connection with this key, alive or not; none when there never was one.
  ConnId find_lan(const FlowKey& key) const;
  ConnId find_wan(const FlowKey& key) const;
  bool alive(ConnId id, TimePoint now) const;
  const LedgerConnection& operator[](ConnId id) const {
    return connections_[static_cast<std::size_t>(id)];
  }

  /// Living connections of a LAN host, and those towards one remote endpoint. They look at every
  /// connection: for the rare refusals only. `grace_ms` counts what ended that short a time ago.
  std::size_t of_host(Ipv4Addr host, TimePoint now, std::int64_t grace_ms) const;
  std::size_t towards(const FlowKey& lan, TimePoint now, std::int64_t grace_ms) const;

 private:
  struct KeyHash {
    std::size_t operator()(const FlowKey& key) const noexcept;
  };

  LedgerConnection& at(ConnId id) { return connections_[static_cast<std::size_t>(id)]; }
  Expectation advance(ConnId id, bool from_lan, const LedgerPacket& packet, TimePoint now);
  Expectation first_from_lan(const LedgerPacket& packet, TimePoint now);
  Expectation first_from_uplink(const LedgerPacket& packet, TimePoint now);
  Expectation open(LedgerConnection connection, const LedgerPacket& packet, TimePoint now);

  const config::Config& config_;
  Admission admission_;
  std::deque<LedgerConnection> connections_;
  std::unordered_map<FlowKey, ConnId, KeyHash> by_lan_;
  std::unordered_map<FlowKey, ConnId, KeyHash> by_wan_;
};

}  // namespace spillway::replay
