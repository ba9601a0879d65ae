#pragma once
// Orders over connections, as the control core gives them.

#include "dataplane/path/connection_order.h"

namespace spillway::test {

inline UplinkSet only(UplinkId uplink) {
  UplinkSet set;
  set.insert(uplink);
  return set;
}

/// Whoever can is to leave this uplink, which died.
inline ConnectionOrder leave(UplinkId uplink, bool tell = true) {
  ConnectionOrder order;
  order.uplinks = only(uplink).bits();
  order.tell_tcp = tell;
  return order;
}

/// Whoever fled to the uplinks `from` between two moments is to go home.
inline ConnectionOrder go_home(UplinkId home, UplinkSet from, Millis since, Millis until) {
  ConnectionOrder order;
  order.uplinks = from.bits();
  order.home = home;
  order.from = since;
  order.to = until;
  return order;
}

}  // namespace spillway::test
