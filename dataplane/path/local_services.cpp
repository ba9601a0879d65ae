#include "dataplane/path/local_services.h"

#include <algorithm>

namespace spillway {

bool LocalServices::is_open(UplinkId uplink, IpProto proto, L4Port port) const noexcept {
  return std::any_of(open_.begin(), open_.end(), [&](const LocalService& s) {
    return s.proto == proto && (s.uplink == UplinkId::none || s.uplink == uplink) &&
           (proto == IpProto::icmp ? port == L4Port{}  // the port of an echo, see read_icmp
                                   : (s.first <= port.host() && port.host() <= s.last));
  });
}

}  // namespace spillway
