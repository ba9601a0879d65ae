// Balancing modes and Traffic Monitors.

#include <algorithm>

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

using std::chrono::milliseconds;

std::string names_of(const std::vector<Uplink>& uplinks) {
  std::string names;
  for (const Uplink& uplink : uplinks) names += (names.empty() ? "" : ", ") + uplink.name;
  return names;
}

/// An uplink's name; reports any other.
std::string read_uplink_name(Section& section, const char* key, const Config& config) {
  section.require(key, "the name of an uplink");
  std::string name = section.text(key).value_or("");
  if (!name.empty() && !config.find_uplink(name))
    section.reject(key, "an uplink: " + names_of(config.uplinks));
  return name;
}

void read_order(Section& section, Config& config) {
  auto& order = config.balance.order;
  section.each_text("order", [&](const std::string& name) {
    if (!config.find_uplink(name))
      section.mistake("order",
                      "found \"" + name + "\"; allowed: uplinks: " + names_of(config.uplinks));
    else if (std::find(order.begin(), order.end(), name) != order.end())
      section.mistake("order", "found \"" + name + "\" twice; allowed: each uplink once");
    else
      order.push_back(name);
  });
  if (!order.empty()) return;
  std::vector<const Uplink*> sorted;
  for (const Uplink& uplink : config.uplinks) sorted.push_back(&uplink);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Uplink* a, const Uplink* b) { return a->distance < b->distance; });
  for (const Uplink* uplink : sorted) order.push_back(uplink->name);
}

void read_times(Section& section, Balance& balance) {
  const auto ms = [](std::uint64_t v) { return milliseconds(static_cast<std::int64_t>(v)); };
  if (const auto v = section.integer("sample_ms", 10, 10000)) balance.sample = ms(*v);
  balance.window = std::max(balance.window, balance.sample);
  if (const auto v = section.integer("window_ms", 10, 600000)) balance.window = ms(*v);
  if (balance.window % balance.sample != milliseconds(0) || balance.window < balance.sample)
    section.reject("window_ms",
                   "a multiple of sample_ms, " + std::to_string(balance.sample.count()));
  if (const auto v = section.integer("dwell_ms", 0, 3600000)) balance.dwell = ms(*v);
}

bool has_weight(const Config& config) {
  return std::any_of(config.uplinks.begin(), config.uplinks.end(),
                     [](const Uplink& u) { return u.weight > 0; });
}

void read_sticky(Section& section, Balance& balance) {
  balance.sticky = section.choice("sticky", kStickies).value_or(balance.sticky);
  if (const auto s = section.integer("sticky_s", 1, 604800))
    balance.sticky_for = std::chrono::seconds(static_cast<std::int64_t>(*s));
}

/// Some modes mean nothing without knowing how much an uplink can carry.
void check_capacities(Section& section, const Config& config) {
  const BalanceMode mode = config.balance.mode;
  if (mode != BalanceMode::least_used && mode != BalanceMode::weighted) return;
  for (const Uplink& uplink : config.uplinks)
    if (!uplink.capacity_rx || (mode == BalanceMode::least_used && !uplink.capacity_tx))
      section.reject("mode", std::string(word_for(kModes, mode)) +
                                 " only when every uplink states its capacity, rx and tx; " +
                                 uplink.name + " does not");
}

Monitor read_monitor(Section& section, const Config& config) {
  Monitor monitor;
  monitor.where = section.where();
  section.require("name", "a name");
  monitor.name = section.text("name").value_or("");
  for (const Monitor& other : config.monitors)
    if (other.name == monitor.name && !monitor.name.empty())
      section.mistake("name", "\"" + monitor.name + "\" is used already; allowed: another name");
  monitor.interface = read_uplink_name(section, "interface", config);
  monitor.traffic = section.choice("traffic", kTraffics).value_or(Traffic::received);
  section.require("trigger", "above, below");
  monitor.trigger = section.choice("trigger", kTriggers).value_or(Trigger::above);
  section.require("threshold", "a rate, or a part of the capacity such as \"80%\"");
  const auto watched = config.find_uplink(monitor.interface);
  const Uplink& of = watched ? config.uplinks[index_of(*watched)] : Uplink{};
  monitor.threshold =
      section.rate_or_share("threshold", of, monitor.traffic).value_or(RateLimit::both({1}));
  monitor.on_event = read_uplink_name(section, "on_event", config);
  return monitor;
}

}  // namespace

void read_balance(Section& root, Config& config) {
  root.group("balance", [&](Section& section) {
    Balance& balance = config.balance;
    balance.mode = section.choice("mode", kModes).value_or(balance.mode);
    balance.classifier = section.choice("classifier", kClassifiers).value_or(balance.classifier);
    balance.reserve = section.boolean("reserve").value_or(balance.reserve);
    read_times(section, balance);
    read_order(section, config);
    read_sticky(section, balance);
    if (balance.mode == BalanceMode::pcc && !has_weight(config))
      section.reject("mode", "pcc only when an uplink has a weight above 0");
    check_capacities(section, config);
  });
  if (config.balance.order.empty())
    for (const Uplink& uplink : config.uplinks) config.balance.order.push_back(uplink.name);
}

void read_monitors(Section& root, Config& config) {
  root.each_group("monitors", [&](Section& section) {
    config.monitors.push_back(read_monitor(section, config));
  });
}

}  // namespace spillway::config
