#include "control/commands/access.h"

#include <grp.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace spillway {
namespace {

/// getgrnam_r(3) wants room for all members of the group.
std::optional<gid_t> find_group(const std::string& name) {
  constexpr std::size_t most = 16u << 20;
  for (std::size_t size = 4096; size <= most; size *= 4) {
    std::vector<char> room(size);
    group entry{};
    group* found = nullptr;
    const int error = getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    if (error == ERANGE) continue;
    return found != nullptr ? std::optional(found->gr_gid) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<gid_t> group_of(const char* setting, const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (const auto id = find_group(name)) return id;
  throw std::runtime_error(std::string("`control.") + setting + "`: found \"" + name +
                           "\"; allowed: a group of this machine (getent group)");
}

}  // namespace

Access::Access(const config::ControlSocket& settings)
    : look_(group_of("group", settings.group)),
      change_(group_of("admin_group", settings.admin_group)) {}

Rights Access::rights_of(const Peer& peer) const {
  const bool own = peer.user == 0 || peer.user == geteuid();
  return own || (change_ && peer.in_group(*change_)) ? Rights::change : Rights::look;
}

}  // namespace spillway
