// The configuration in the talk's language.

#include <cmath>
#include <numeric>
#include <utility>

#include "control/commands/mangle_commands.h"
#include "control/config/mark_name.h"
#include "control/config/protocol_name.h"
#include "control/config/words.h"

namespace spillway {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const config::PortRange& ports) {
  const std::string first = std::to_string(ports.first);
  return ports.first == ports.last ? first : first + "-" + std::to_string(ports.last);
}

class Rules {
 public:
  Rules(const config::Config& config, UplinkId active, const ByMark<MarkCounts>& counts)
      : config_(config), active_(active), counts_(counts) {}

  std::vector<MangleRule> all() {
    add({"between networks on our own ports nothing is marked",
         "prerouting",
         "accept",
         {{"src-address-list", "Connected"}, {"dst-address-list", "Connected"}},
         sum(Mark::no_mark)});
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i) add_inbound(i);
    if (!config_.port_forwards.empty()) add_hairpin();
    add_outbound();
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i) add_sticky(i);
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i) add_own(i);
    return std::move(rules_);
  }

 private:
  void add(MangleRule rule) { rules_.push_back(std::move(rule)); }

  const MarkCounts& of(Mark mark, std::size_t uplink) const {
    return counts_[static_cast<std::size_t>(mark)][uplink];
  }
  MarkCounts sum(Mark mark) const {
    const auto& row = counts_[static_cast<std::size_t>(mark)];
    return std::accumulate(row.begin(), row.end(), MarkCounts{}, [](MarkCounts all, auto& c) {
      all += c;
      return all;
    });
  }
  std::string name(Mark mark, std::size_t i) const {
    return mark_name(mark, uplink_id(i), config_);
  }
  const config::Uplink& uplink(std::size_t i) const { return config_.uplinks[i]; }

  /// What came in by an uplink is answered by it.
  void add_inbound(std::size_t i) {
    const std::string to_router = name(Mark::wan_to_router, i);
    const std::string to_lans = name(Mark::wan_to_lans, i);
    const Fields from = {{"connection-mark", "no-mark"}, {"in-interface", uplink(i).name}};
    add_marking("services of the router, by " + uplink(i).name, "input", from, to_router,
                of(Mark::wan_to_router, i));
    add_routing("", "output", {{"connection-mark", to_router}}, i);
    add_marking("port forwards, by " + uplink(i).name, "forward", from, to_lans,
                of(Mark::wan_to_lans, i));
    add_routing("", "prerouting", {{"connection-mark", to_lans}, {"src-address-list", "LAN"}}, i);
  }

  void add_hairpin() {
    add_marking("LAN hosts at forwarded ports of our own addresses", "prerouting",
                {{"connection-mark", "no-mark"},
                 {"src-address-list", "LAN"},
                 {"dst-address-type", "local"}},
                "LAN->LANs", of(Mark::wan_to_lans, kMaxUplinks));
  }

  void add_outbound() {
    add_marking("new connections to the internet", "prerouting",
                {{"connection-mark", "no-mark"},
                 {"src-address-list", "LAN"},
                 {"dst-address-list", "!Connected"},
                 {"dst-address-type", "!local"}},
                "LAN->WAN", sum(Mark::sticky));
    for (const config::PolicyRule& rule : config_.policy) add_policy(rule);
    add_mode();
  }

  void add_policy(const config::PolicyRule& rule) {
    Fields fields = {{"connection-mark", "LAN->WAN"}};
    if (rule.from.length > 0) fields.emplace_back("src-address", to_string(rule.from));
    if (rule.to.length > 0) fields.emplace_back("dst-address", to_string(rule.to));
    if (rule.protocol) fields.emplace_back("protocol", protocol_name(*rule.protocol));
    if (rule.from_ports != config::PortRange{})
      fields.emplace_back("src-port", text_of(rule.from_ports));
    if (rule.to_ports != config::PortRange{})
      fields.emplace_back("dst-port", text_of(rule.to_ports));
    if (!rule.drop) fields.emplace_back("new-routing-mark", tables_of(rule.uplinks));
    add({"policy " + rule.name, "prerouting", rule.drop ? "drop" : "mark-routing", fields, {}});
  }

  std::string tables_of(const std::vector<std::string>& uplinks) const {
    std::string tables;
    for (const std::string& n : uplinks)
      if (const auto id = config_.find_uplink(n))
        tables += (tables.empty() ? "" : ",") + uplink(index_of(*id)).table;
    return tables;
  }

  /// Where a connection goes that no rule has placed.
  void add_mode() {
    const BalanceMode mode = config_.balance.mode;
    const std::string comment =
        "load-balancing here: mode " + std::string(config::word_for(config::kModes, mode));
    if (mode == BalanceMode::pcc || mode == BalanceMode::weighted) {
      add_shares(comment);
      return;
    }
    Fields fields = {{"connection-mark", "LAN->WAN"}, {"src-address-list", "LAN"}};
    const bool none = active_ == UplinkId::none;
    fields.emplace_back("new-routing-mark", none ? "none" : uplink(index_of(active_)).table);
    add({comment, "prerouting", "mark-routing", fields, {}});
  }

  double share(std::size_t i) const {
    if (config_.balance.mode == BalanceMode::pcc) return uplink(i).weight;
    return static_cast<double>(uplink(i).capacity_rx.value_or(BitsPerSecond{}).value);
  }

  void add_shares(std::string comment) {
    double all = 0;
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i) all += share(i);
    double before = 0;
    for (std::size_t i = 0; i < config_.uplinks.size(); ++i) {
      if (share(i) > 0) add_share(std::exchange(comment, ""), i, before, all);
      before += share(i);
    }
  }

  void add_share(const std::string& comment, std::size_t i, double before, double all) {
    Fields fields = {{"connection-mark", "LAN->WAN"}, {"src-address-list", "LAN"}};
    if (config_.balance.mode == BalanceMode::pcc) {
      const std::string classifier(
          config::word_for(config::kClassifiers, config_.balance.classifier));
      const auto first = std::to_string(std::llround(before));
      const auto last = std::to_string(std::llround(before + share(i)) - 1);
      fields.emplace_back("per-connection-classifier",
                          classifier + ":" + std::to_string(std::llround(all)) + "/" + first +
                              (first == last ? "" : "-" + last));
    } else {
      fields.emplace_back("random", std::to_string(std::llround(100 * share(i) / all)) + "%");
    }
    add_routing(comment, "prerouting", std::move(fields), i);
  }

  /// Where it began it stays.
  void add_sticky(std::size_t i) {
    const std::string mark = name(Mark::sticky, i);
    add_marking("", "prerouting",
                {{"connection-mark", "LAN->WAN"}, {"routing-mark", uplink(i).table}}, mark,
                of(Mark::sticky, i));
    add_routing("", "prerouting", {{"connection-mark", mark}, {"src-address-list", "LAN"}}, i);
  }

  void add_own(std::size_t i) {
    add_marking("the router's own, by " + uplink(i).name, "output",
                {{"connection-mark", "no-mark"}, {"out-interface", uplink(i).name}},
                name(Mark::router_to_wan, i), of(Mark::router_to_wan, i));
  }

  void add_marking(const std::string& comment, const std::string& chain, Fields fields,
                   const std::string& mark, const MarkCounts& counts) {
    fields.emplace_back("new-connection-mark", mark);
    add({comment, chain, "mark-connection", std::move(fields), counts});
  }

  void add_routing(const std::string& comment, const std::string& chain, Fields fields,
                   std::size_t i) {
    fields.emplace_back("new-routing-mark", uplink(i).table);
    add({comment, chain, "mark-routing", std::move(fields), {}});
  }

  const config::Config& config_;
  UplinkId active_;
  const ByMark<MarkCounts>& counts_;
  std::vector<MangleRule> rules_;
};

}  // namespace

std::vector<MangleRule> mangle_rules(const config::Config& config, UplinkId active,
                                     const ByMark<MarkCounts>& counts) {
  return Rules(config, active, counts).all();
}

}  // namespace spillway
