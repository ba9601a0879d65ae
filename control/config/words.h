#pragma once
// The words of the configuration file and what they stand for; reading and printing share them.

#include <string_view>
#include <utility>
#include <vector>

#include "control/config/config.h"

namespace spillway::config {

template <typename T>
using Words = std::vector<std::pair<std::string_view, T>>;

inline const Words<BalanceMode> kModes = {
    {"bandwidth", BalanceMode::bandwidth},   {"pcc", BalanceMode::pcc},
    {"policy", BalanceMode::policy},         {"failover", BalanceMode::failover},
    {"least-used", BalanceMode::least_used}, {"weighted", BalanceMode::weighted}};

inline const Words<Sticky> kStickies = {{"connection", Sticky::connection},
                                        {"source", Sticky::source},
                                        {"source-and-destination", Sticky::source_and_destination}};

/// RouterOS' names for what a per-connection classifier looks at.
inline const Words<Classifier> kClassifiers = {
    {"src-address", Classifier::src_address},
    {"dst-address", Classifier::dst_address},
    {"src-port", Classifier::src_port},
    {"dst-port", Classifier::dst_port},
    {"both-addresses", Classifier::both_addresses},
    {"both-ports", Classifier::both_ports},
    {"src-address-and-port", Classifier::src_address_and_port},
    {"dst-address-and-port", Classifier::dst_address_and_port},
    {"both-addresses-and-ports", Classifier::both_addresses_and_ports}};

inline const Words<Traffic> kTraffics = {{"received", Traffic::received},
                                         {"transmitted", Traffic::transmitted},
                                         {"either", Traffic::either}};

inline const Words<Trigger> kTriggers = {{"above", Trigger::above}, {"below", Trigger::below}};

inline const Words<ConnState> kTimeoutNames = {{"tcp_syn_sent", ConnState::tcp_syn_sent},
                                               {"tcp_syn_received", ConnState::tcp_syn_received},
                                               {"tcp_established", ConnState::tcp_established},
                                               {"tcp_fin_wait", ConnState::tcp_fin_wait},
                                               {"tcp_close_wait", ConnState::tcp_close_wait},
                                               {"tcp_last_ack", ConnState::tcp_last_ack},
                                               {"tcp_time_wait", ConnState::tcp_time_wait},
                                               {"tcp_close", ConnState::tcp_close},
                                               {"udp", ConnState::udp},
                                               {"udp_stream", ConnState::udp_stream},
                                               {"icmp", ConnState::icmp},
                                               {"generic", ConnState::generic}};

inline const Words<OnFailure> kOnFailures = {
    {"reset", OnFailure::reset}, {"flush", OnFailure::flush}, {"keep", OnFailure::keep}};

inline const Words<Idle> kIdles = {
    {"poll", Idle::poll}, {"pause", Idle::pause}, {"sleep", Idle::sleep}};

inline const Words<Failback> kFailbacks = {
    {"stay", Failback::stay}, {"drain", Failback::drain}, {"now", Failback::now}};

namespace detail {
using Ms = std::chrono::milliseconds;
inline constexpr ProbeProfile kDefaultProbes{{Ms(200), Ms(200), 3, 3, Ms(100)},
                                             {Ms(500), Ms(500), 3, 3, Ms(100)}};
inline constexpr ProbeProfile kFastProbes{{Ms(30), Ms(50), 3, 3, Ms(30)},
                                          {Ms(100), Ms(200), 3, 3, Ms(30)}};
inline constexpr ProbeProfile kSlowProbes{{Ms(1000), Ms(1000), 3, 3, Ms(250)},
                                          {Ms(5000), Ms(2000), 3, 3, Ms(500)}};
}  // namespace detail

inline const Words<const ProbeProfile*> kProbeProfiles = {{"default", &detail::kDefaultProbes},
                                                          {"fast", &detail::kFastProbes},
                                                          {"slow", &detail::kSlowProbes}};

template <typename T>
std::string_view word_for(const Words<T>& words, T value) {
  for (const auto& [word, v] : words)
    if (v == value) return word;
  return "";
}

}  // namespace spillway::config
