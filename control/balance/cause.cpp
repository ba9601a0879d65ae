#include "control/balance/cause.h"

#include <cmath>

namespace spillway {
namespace {

std::string bits(BitsPerSecond rate) {
  return std::to_string(rate.value) + " bit/s";
}

/// "ISP_1 received 5 bit/s above 4 bit/s". Of `either` direction: the one that is nearer to its
/// limit, or further beyond it.
std::string compared(const std::string& uplink, const UplinkRate& rate, config::Traffic traffic,
                     const config::RateLimit& limit, const std::string& how) {
  using config::Traffic;
  const bool received =
      share_of(rate, limit, traffic) == share_of(rate, limit, Traffic::received) &&
      traffic != Traffic::transmitted;
  return uplink + (received ? " received " : " transmitted ") + bits(received ? rate.rx : rate.tx) +
         how + bits(received ? limit.rx : limit.tx);
}

}  // namespace

std::string cause_of_monitor(const config::Monitor& monitor, const UplinkRate& rate) {
  const bool above = monitor.trigger == config::Trigger::above;
  return monitor.name + ": " +
         compared(monitor.interface, rate, monitor.traffic, monitor.threshold,
                  above ? " above " : " below ");
}

std::string cause_of_spill(const config::Uplink& uplink, const UplinkRate& rate) {
  const config::Threshold& t = *uplink.threshold;
  return compared(uplink.name, rate, t.traffic, t.spill_above, " above its threshold ");
}

std::string cause_of_return(const config::Uplink& uplink, const UplinkRate& rate) {
  if (!uplink.threshold) return uplink.name + " comes first of those that may take new connections";
  const config::Threshold& t = *uplink.threshold;
  return compared(uplink.name, rate, t.traffic, t.return_below, " below its return threshold ");
}

std::string all_overloaded_text(const std::string& least_loaded, double share) {
  return "all uplinks overloaded: each new connection goes to the least loaded one, now " +
         least_loaded + " (" + std::to_string(std::llround(share * 100)) + " % of its threshold)";
}

std::string relieved_text(const std::string& uplink) {
  return "no longer all uplinks overloaded: new connections go to " + uplink;
}

}  // namespace spillway
