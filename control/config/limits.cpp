// Timeouts, TCP settings and limits.

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

// Connections keep their time in 32 bits of milliseconds; half of that compares safely.
constexpr std::uint64_t kMostSeconds = 1'000'000;

const Words<const Timeouts*> kProfiles = {
    {"routeros", &kTimeoutsRouteros}, {"rfc", &kTimeoutsRfc}, {"linux", &kTimeoutsLinux}};

}  // namespace

void read_timeouts(Section& root, Config& config) {
  root.group("timeouts", [&](Section& section) {
    if (const auto profile = section.choice("profile", kProfiles)) {
      config.timeouts = **profile;
      config.timeouts_profile = std::string(word_for(kProfiles, *profile));
    }
    for (const auto& [name, state] : kTimeoutNames)
      if (const auto seconds = section.integer(std::string(name).c_str(), 1, kMostSeconds))
        config.timeouts.ms[index_of(state)] = static_cast<std::uint32_t>(*seconds * 1000);
  });
}

void read_limits(Section& root, Config& config) {
  root.group("tcp", [&](Section& section) {
    config.tcp_loose = section.boolean("loose").value_or(config.tcp_loose);
  });
  root.group("limits", [&](Section& section) {
    constexpr std::uint64_t most = 64u << 20;
    Limits& limits = config.limits;
    limits.connections = static_cast<std::uint32_t>(
        section.integer("connections", 16, most).value_or(limits.connections));
    limits.per_lan_host = static_cast<std::uint32_t>(
        section.integer("per_lan_host", 0, most).value_or(limits.per_lan_host));
  });
}

}  // namespace spillway::config
