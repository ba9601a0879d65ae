#include "dataplane/wan/policy_table.h"

#include <rte_acl.h>
#include <rte_errno.h>

#include <atomic>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace spillway {
namespace {

/// What a rule is matched against: network byte order, as librte_acl wants it.
struct AclInput {
  std::uint8_t proto = 0;
  std::uint8_t unused[3] = {};
  Ipv4Addr src;
  Ipv4Addr dst;
  L4Port src_port;
  L4Port dst_port;
};

enum Field : std::uint8_t { kProto, kSrc, kDst, kSrcPort, kDstPort, kFields };

// The first field must be one byte; the two ports share one 4-byte step of the trie.
constexpr rte_acl_field_def kLayout[kFields] = {
    {RTE_ACL_FIELD_TYPE_BITMASK, 1, kProto, 0, offsetof(AclInput, proto)},
    {RTE_ACL_FIELD_TYPE_MASK, 4, kSrc, 1, offsetof(AclInput, src)},
    {RTE_ACL_FIELD_TYPE_MASK, 4, kDst, 2, offsetof(AclInput, dst)},
    {RTE_ACL_FIELD_TYPE_RANGE, 2, kSrcPort, 3, offsetof(AclInput, src_port)},
    {RTE_ACL_FIELD_TYPE_RANGE, 2, kDstPort, 3, offsetof(AclInput, dst_port)},
};

RTE_ACL_RULE_DEF(AclRule, kFields);

AclRule acl_rule(const PolicyRuleSpec& spec, std::optional<IpProto> proto, std::size_t position) {
  AclRule rule{};
  rule.data.category_mask = 1;
  rule.data.priority = static_cast<std::int32_t>(RTE_ACL_MAX_PRIORITY - position);
  rule.data.userdata = static_cast<std::uint32_t>(position + 1);  // 0 means no match
  rule.field[kProto].value.u8 = proto ? static_cast<std::uint8_t>(*proto) : std::uint8_t{0};
  rule.field[kProto].mask_range.u8 = proto ? 0xff : 0;
  rule.field[kSrc].value.u32 = spec.from.base.host();
  rule.field[kSrc].mask_range.u32 = spec.from.length;
  rule.field[kDst].value.u32 = spec.to.base.host();
  rule.field[kDst].mask_range.u32 = spec.to.length;
  rule.field[kSrcPort].value.u16 = spec.from_ports.first;
  rule.field[kSrcPort].mask_range.u16 = spec.from_ports.last;
  rule.field[kDstPort].value.u16 = spec.to_ports.first;
  rule.field[kDstPort].mask_range.u16 = spec.to_ports.last;
  return rule;
}

std::vector<AclRule> acl_rules(std::span<const PolicyRuleSpec> specs) {
  std::vector<AclRule> rules;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const bool ports = !specs[i].from_ports.all() || !specs[i].to_ports.all();
    if (specs[i].proto || !ports) {
      rules.push_back(acl_rule(specs[i], specs[i].proto, i));
    } else {
      rules.push_back(acl_rule(specs[i], IpProto::tcp, i));
      rules.push_back(acl_rule(specs[i], IpProto::udp, i));
    }
  }
  return rules;
}

/// DPDK finds contexts by name: each needs its own.
std::string unique_name() {
  static std::atomic<unsigned> next{0};
  return "policy_" + std::to_string(next.fetch_add(1));
}

[[noreturn]] void fail(const char* what, int error) {
  throw std::runtime_error(std::string("policy rules: ") + what + ": " + rte_strerror(error));
}

}  // namespace

PolicyTable::PolicyTable(std::span<const PolicyRuleSpec> specs) {
  if (specs.empty()) return;
  const std::vector<AclRule> rules = acl_rules(specs);
  const std::string name = unique_name();
  rte_acl_param parameters{};
  parameters.name = name.c_str();
  parameters.socket_id = SOCKET_ID_ANY;
  parameters.rule_size = RTE_ACL_RULE_SZ(kFields);
  parameters.max_rule_num = static_cast<std::uint32_t>(rules.size());
  rules_.reset(rte_acl_create(&parameters));
  if (!rules_) fail("cannot create the table", rte_errno);
  const auto count = static_cast<std::uint32_t>(rules.size());
  const auto* first = reinterpret_cast<const rte_acl_rule*>(rules.data());
  if (const int error = rte_acl_add_rules(rules_.get(), first, count); error != 0)
    fail("cannot add the rules", -error);
  rte_acl_config config{};
  config.num_categories = 1;
  config.num_fields = kFields;
  std::copy(std::begin(kLayout), std::end(kLayout), config.defs);
  if (const int error = rte_acl_build(rules_.get(), &config); error != 0)
    fail("cannot build the table", -error);
  for (const auto& spec : specs)
    verdicts_.push_back(
        {true, spec.drop, spec.uplinks, static_cast<std::uint16_t>(verdicts_.size())});
}

PolicyVerdict PolicyTable::classify(const FlowKey& key) const noexcept {
  if (!rules_) return {};
  const bool has_ports = key.proto == IpProto::tcp || key.proto == IpProto::udp;
  AclInput input;
  input.proto = static_cast<std::uint8_t>(key.proto);
  input.src = key.src;
  input.dst = key.dst;
  if (has_ports) {
    input.src_port = key.src_port;
    input.dst_port = key.dst_port;
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(&input);
  std::uint32_t match = 0;
  if (rte_acl_classify(rules_.get(), &data, &match, 1, 1) != 0 || match == 0) return {};
  return verdicts_[match - 1];
}

void PolicyTable::Free::operator()(rte_acl_ctx* context) const noexcept {
  rte_acl_free(context);
}

}  // namespace spillway
