#include "control/router/reload.h"

namespace spillway {
namespace {

std::string at(const config::Location& where, const std::string& what) {
  return where.file + ":" + std::to_string(where.line) + ": " + what +
         " can change only by a restart; nothing has been changed";
}

template <typename Side>
const char* changed(const Side& now, const Side& next) {
  if (now.name != next.name) return "name";
  if (now.port != next.port) return "port";
  if (now.vlan != next.vlan) return "vlan";
  if (now.address != next.address) return "address";
  if (now.mac != next.mac) return "mac";
  if (now.mtu != next.mtu) return "mtu";
  if (now.tap != next.tap) return "tap";
  return nullptr;
}

const char* changed_uplink(const config::Uplink& now, const config::Uplink& next) {
  if (now.gateway != next.gateway) return "gateway";
  return changed(now, next);
}

template <typename Sides, typename Changed>
std::optional<std::string> compare(const Sides& now, const Sides& next, const std::string& list,
                                   Changed&& what_changed) {
  for (std::size_t i = 0; i < std::min(now.size(), next.size()); ++i)
    if (const char* what = what_changed(now[i], next[i]))
      return at(next[i].where, "`" + list + "[" + std::to_string(i) + "]." + what + "`");
  if (now.size() == next.size()) return std::nullopt;
  return at(next.back().where, "the number of `" + list + "`");
}

}  // namespace

std::optional<std::string> needs_restart(const config::Config& now, const config::Config& next) {
  if (auto why = compare(now.lans, next.lans, "lan", changed<config::Lan>)) return why;
  if (auto why = compare(now.uplinks, next.uplinks, "uplinks", changed_uplink)) return why;
  if (now.workers != next.workers)
    return next.file + ": `workers` can change only by a restart; nothing has been changed";
  if (now.control != next.control)
    return next.file + ": `control` can change only by a restart; nothing has been changed";
  if (now.limits.connections != next.limits.connections)
    return next.file +
           ": `limits.connections` can change only by a restart; nothing has been "
           "changed";
  return std::nullopt;
}

}  // namespace spillway
