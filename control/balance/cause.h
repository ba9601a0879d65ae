#pragma once
// What a switch gives as its cause, in words for the log and the report. Rates are in bit/s.

#include <string>

#include "control/balance/uplink_rate.h"
#include "control/config/config.h"

namespace spillway {

/// "LB1: ISP_1 received 5400000 bit/s above 5242880 bit/s"
std::string cause_of_monitor(const config::Monitor& monitor, const UplinkRate& rate);

/// "ISP_1 received 5400000 bit/s above its threshold 5242880 bit/s"
std::string cause_of_spill(const config::Uplink& uplink, const UplinkRate& rate);

/// "ISP_1 received 3900000 bit/s below its return threshold 4194304 bit/s", or, of an uplink
/// without thresholds, "ISP_1 comes first of those that may take new connections"
std::string cause_of_return(const config::Uplink& uplink, const UplinkRate& rate);

/// "all uplinks overloaded: each new connection goes to the least loaded one, now ISP_3 (145 % of
/// its threshold)"; `share` is 1.0 at the threshold.
std::string all_overloaded_text(const std::string& least_loaded, double share);

/// "no longer all uplinks overloaded: new connections go to ISP_1"
std::string relieved_text(const std::string& uplink);

}  // namespace spillway
