#pragma once
// Who may do what to the router.

#include <sys/types.h>

#include <optional>
#include <string>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "control/socket/peer.h"

namespace spillway {

/// Thread contract: control only.
class Access {
 public:
  /// Throws std::runtime_error when this machine has no group of such a name.
  explicit Access(const config::ControlSocket& settings);

  /// Root, the user that runs the router, and the administrators may change things. Everybody else
  /// who could open the socket may look.
  Rights rights_of(const Peer& peer) const;
  /// The group that may open the socket; nothing: the one that the router runs in.
  std::optional<gid_t> may_look() const { return look_ ? look_ : change_; }

 private:
  std::optional<gid_t> look_;
  std::optional<gid_t> change_;
};

}  // namespace spillway
