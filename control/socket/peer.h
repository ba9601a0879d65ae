#pragma once

#include <sys/types.h>

#include <vector>

namespace spillway {

/// Who is at the other end of a local socket, as the kernel saw it when it connected. Thread
/// contract: any.
struct Peer {
  pid_t process = 0;
  uid_t user = static_cast<uid_t>(-1);  ///< nobody's, until the kernel says another one
  gid_t group = static_cast<gid_t>(-1);
  std::vector<gid_t> more_groups;

  bool in_group(gid_t wanted) const;
};

/// Of a connected local socket (SO_PEERCRED and SO_PEERGROUPS, unix(7)).
Peer peer_of(int socket);

}  // namespace spillway
