#pragma once
// Policy rules, which come before every balancing mode; matched by librte_acl.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/conn/flow_key.h"
#include "dataplane/net/addr.h"
#include "dataplane/net/ip_proto.h"
#include "dataplane/wan/uplink_id.h"

struct rte_acl_ctx;

namespace spillway {

/// Host order, both ends included.
struct PortSpan {
  std::uint16_t first = 0;
  std::uint16_t last = 0xffff;
  constexpr bool all() const noexcept { return first == 0 && last == 0xffff; }
};

/// One rule; the first that matches decides. A rule with ports and no protocol means TCP and UDP.
struct PolicyRuleSpec {
  Ipv4Prefix from;
  Ipv4Prefix to;
  std::optional<IpProto> proto;
  PortSpan from_ports;
  PortSpan to_ports;
  UplinkSet uplinks;  ///< unused when `drop`
  bool drop = false;
};

struct PolicyVerdict {
  bool matched = false;
  bool drop = false;
  UplinkSet candidates;
  std::uint16_t rule = 0;  ///< position of the rule that matched
};

/// Immutable. Construction needs an EAL, control only, and throws std::runtime_error; `classify`
/// is for workers.
class PolicyTable {
 public:
  PolicyTable() = default;
  explicit PolicyTable(std::span<const PolicyRuleSpec> rules);

  PolicyVerdict classify(const FlowKey& key) const noexcept;

 private:
  struct Free {
    void operator()(rte_acl_ctx* context) const noexcept;
  };

  std::vector<PolicyVerdict> verdicts_;  ///< by rule
  std::unique_ptr<rte_acl_ctx, Free> rules_;
};

}  // namespace spillway
