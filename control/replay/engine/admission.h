#pragma once
// The rules for first packets, read straight from the configuration as an admin would: the
// replay's own opinion, which shares no code with the router's.

#include <optional>

#include "control/config/config.h"
#include "dataplane/conn/flow_key.h"
#include "dataplane/drop_reason.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway::replay {

/// Thread contract: any; keeps a reference to the configuration.
class Admission {
 public:
  explicit Admission(const config::Config& config) : config_(config) {}

  /// Why the router must refuse a first packet from the LAN; nothing when it must open a
  /// connection.
  std::optional<DropReason> refusal_from_lan(const FlowKey& key) const;
  /// Whether a first packet from the LAN stays within the LAN, untranslated.
  bool stays_in_lan(const FlowKey& key) const;
  /// Uplinks that a connection from the LAN may be placed on.
  UplinkSet allowed_uplinks(const FlowKey& key) const;

  struct Inbound {
    std::optional<DropReason> refusal;
    FlowKey lan;  ///< what the LAN sees when it is admitted
  };
  /// The same for a first packet that came in through `uplink`.
  Inbound from_uplink(const FlowKey& key, UplinkId uplink) const;

 private:
  bool is_own(Ipv4Addr a) const;
  bool in_list(const char* name, Ipv4Addr a) const;
  bool in_lan_network(Ipv4Addr a) const;
  std::optional<DropReason> bad_addresses(const FlowKey& key) const;
  const config::PolicyRule* rule_for(const FlowKey& key) const;

  const config::Config& config_;
};

}  // namespace spillway::replay
