#include "control/socket/peer.h"

#include <sys/socket.h>

#include <algorithm>

namespace spillway {

bool Peer::in_group(gid_t wanted) const {
  return group == wanted ||
         std::find(more_groups.begin(), more_groups.end(), wanted) != more_groups.end();
}

Peer peer_of(int socket) {
  Peer peer;
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
    peer.process = credentials.pid;
    peer.user = credentials.uid;
    peer.group = credentials.gid;
  }
  // The first call tells the size by its error.
  size = 0;
  getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, nullptr, &size);
  peer.more_groups.resize(size / sizeof(gid_t));
  if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer.more_groups.data(), &size) != 0)
    peer.more_groups.clear();
  return peer;
}

}  // namespace spillway
