#include "control/balance/cause.h"

#include <cmath>

namespace spillway {
namespace {

// `either` speaks of the direction that is the greater one: that is the rate which was compared.
std::string carried(const std::string& uplink, config::Traffic traffic, const UplinkRate& rate) {
  const bool received = traffic == config::Traffic::received ||
                        (traffic == config::Traffic::either && rate.rx >= rate.tx);
  return uplink + (received ? " received " : " transmitted ") +
         std::to_string(rate.of(traffic).value) + " bit/s";
}

std::string bits(BitsPerSecond rate) {
  return std::to_string(rate.value) + " bit/s";
}

}  // namespace

std::string cause_of_monitor(const config::Monitor& monitor, const UplinkRate& rate) {
  const bool above = monitor.trigger == config::Trigger::above;
  return monitor.name + ": " + carried(monitor.interface, monitor.traffic, rate) +
         (above ? " above " : " below ") + bits(monitor.threshold);
}

std::string cause_of_spill(const config::Uplink& uplink, const UplinkRate& rate) {
  return carried(uplink.name, uplink.threshold->traffic, rate) + " above its threshold " +
         bits(uplink.threshold->spill_above);
}

std::string cause_of_return(const config::Uplink& uplink, const UplinkRate& rate) {
  return carried(uplink.name, uplink.threshold->traffic, rate) + " below its return threshold " +
         bits(uplink.threshold->return_below);
}

std::string cause_of_least_loaded(const std::string& uplink, double share) {
  return "all uplinks overloaded: " + uplink + " is the least loaded (" +
         std::to_string(std::llround(share * 100)) + " % of its threshold)";
}

std::string cause_of_health(const std::string& uplink, bool usable) {
  return uplink + (usable ? " up" : " down");
}

}  // namespace spillway
