// Probes, health, choice and failover together under any schedule of faults (R33, R35, R36, R37).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <map>
#include <random>

#include "control/config/load.h"
#include "control/health/probe_board.h"
#include "control/router/judge.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kUplinks = 3;
constexpr auto kStep = 10ms;
constexpr auto kSlack = 2 * kStep;

config::Config make_config(const std::string& failback) {
  return config::parse(
      "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
      "uplinks = ( { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\";\n"
      "    gateway = \"1.1.1.1\"; }, { name = \"ISP_2\"; port = \"p2\";\n"
      "    address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; }, { name = \"ISP_3\";\n"
      "    port = \"p3\"; address = \"3.3.3.97/24\"; gateway = \"3.3.3.1\"; } );\n"
      "probes = { targets = { hosts = ( \"8.8.8.8\", \"9.9.9.9\" ); quorum = 1; };\n"
      "  hold_down = { least_ms = 500; most_ms = 4000; calm_ms = 10000; }; };\n"
      "failure = { failback = \"" +
          failback + "\"; drain_s = 2; };\n",
      "x.conf");
}

std::vector<ProbedUplink> probed(const config::Config& config) {
  std::vector<ProbedUplink> all;
  for (const config::Uplink& u : config.uplinks) all.push_back({u.name, u.gateway, u.health});
  return all;
}

enum class Fault { none, cut, silent, black_hole };

/// An uplink's truth, and what has been said of it.
struct Line {
  Fault fault = Fault::none;
  TimePoint faulty_until;  ///< the last moment with a fault; far back when there was none
  TimePoint well_since;    ///< since when there has been none
  TimePoint fault_since;   ///< since when it is the same
  TimePoint last_failure;
  RouterClock::duration hold_down{};
  TimePoint dead_from;
  std::map<std::uint32_t, unsigned> lost_in_row;  ///< by target
};

class World {
 public:
  explicit World(const std::string& failback, std::uint64_t seed)
      : config_(make_config(failback)),
        board_(probed(config_)),
        judge_(config_, cell_),
        random_(seed) {
    for (Line& line : lines_) line.well_since = now_;
  }

  void run(std::chrono::seconds time) {
    for (const TimePoint end = now_ + time; now_ < end; now_ += kStep) step();
  }

 private:
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  void step() {
    for (Line& line : lines_) {
      if (chance(400)) {
        line.fault = static_cast<Fault>(random_() % 4);
        line.fault_since = now_;
      }
      if (line.fault != Fault::none) line.faulty_until = line.well_since = now_;
    }
    for (const ProbeOrder& order : board_.tick(now_)) answer(order);
    judge();
  }

  void answer(const ProbeOrder& order) {
    const Fault fault = lines_[index_of(order.uplink)].fault;
    const bool to_gateway = order.kind == ProbeOrder::Kind::arp;
    if (loses(order)) return;
    if (fault == Fault::cut || fault == Fault::silent ||
        (fault == Fault::black_hole && !to_gateway))
      return;
    if (to_gateway)
      board_.arp_answered(now_ + 5ms, order.uplink);
    else
      board_.echo_answered(now_ + 5ms, order.uplink, order.target, order.sequence);
  }

  /// Now and then an answer is lost, or two in a row, on a line that is well.
  bool loses(const ProbeOrder& order) {
    constexpr auto recovered = 5s;
    Line& line = lines_[index_of(order.uplink)];
    unsigned& lost = line.lost_in_row[order.target.be];
    const bool may = now_ - line.well_since > recovered && lost < 2;
    lost = may && chance(10) ? lost + 1 : 0;
    return lost > 0;
  }

  void judge() {
    std::vector<Evidence> evidence;
    for (std::size_t i = 0; i < kUplinks; ++i) {
      evidence.push_back(board_.evidence(uplink_id(i)));
      evidence.back().link = lines_[i].fault != Fault::cut;
    }
    const UplinkSet usable_before = cell_.load().usable;
    const Judge::Verdict verdict = judge_.judge(now_, evidence);
    for (const UplinkHealthChange& change : verdict.changes) check(change);
    if (verdict.switched) check(*verdict.switched, usable_before);
    for (const Eviction& eviction : verdict.evictions) check(eviction);
    check_word();
    check_noticed();
  }

  /// No transition without a cause, and none to trust before the hold-down is over.
  void check(const UplinkHealthChange& change) {
    Line& line = lines_[index_of(change.uplink)];
    const HealthMachine& machine = judge_.health()[change.uplink];
    RC_ASSERT(!change.change.reason.empty());
    if (change.change.to == Health::down) {
      RC_ASSERT(now_ - line.faulty_until <= longest_detection() + kSlack);
      line.last_failure = line.dead_from = now_;
      line.hold_down = machine.waiting_time();
    }
    if (change.change.to == Health::up && change.change.from == Health::hold_down)
      RC_ASSERT(now_ - line.last_failure >= line.hold_down);
    if (change.change.from == Health::down) RC_ASSERT(change.change.to == Health::hold_down);
  }

  /// Only when the set of usable uplinks changed, and always to the best of them.
  void check(const SwitchRecord& change, UplinkSet usable_before) {
    const ActiveWord word = cell_.load();
    RC_ASSERT(!(word.usable == usable_before));
    RC_ASSERT(!change.cause.empty());
    RC_ASSERT(change.from != change.to);
    RC_ASSERT(word.active == change.to);
  }

  /// Never a connection of an uplink that is usable, unless it goes home; never without a way out.
  void check(const Eviction& eviction) {
    const UplinkSet usable = cell_.load().usable;
    UplinkSet cause;
    cause.insert(eviction.cause);
    const Line& line = lines_[index_of(eviction.cause)];
    if (eviction.why == Eviction::Why::died) {
      RC_ASSERT(eviction.uplinks == cause);
      RC_ASSERT(!usable.empty() && (usable & cause).empty());
      return;
    }
    RC_ASSERT(config_.failure.failback != config::Failback::stay);
    RC_ASSERT((eviction.uplinks & cause).empty());
    RC_ASSERT((cause - usable).empty());
    RC_ASSERT(eviction.opened.to <= now_ && eviction.opened.from < eviction.opened.to);
    RC_ASSERT(line.dead_from >= eviction.opened.from && line.dead_from < eviction.opened.to);
  }

  /// Whatever is usable, the first in order takes new connections.
  void check_word() const {
    const ActiveWord word = cell_.load();
    UplinkId best = UplinkId::none;
    for (std::size_t i = kUplinks; i-- > 0;)
      if (word.usable.contains(uplink_id(i))) best = uplink_id(i);
    RC_ASSERT(word.active == best);
  }

  /// A fault that lasts is noticed in time, and one that is over is forgotten after its hold-down.
  void check_noticed() const {
    constexpr auto trusted_after = 4000ms + 3000ms;  // hold_down.most, and replies
    for (std::size_t i = 0; i < kUplinks; ++i) {
      const Health health = judge_.health()[uplink_id(i)].health();
      const Line& line = lines_[i];
      const bool lasts = now_ - line.fault_since > longest_detection() + kSlack;
      if (line.fault != Fault::none && lasts && (line.fault != Fault::black_hole || has_witness(i)))
        RC_ASSERT(health == Health::down);
      if (now_ - line.well_since > trusted_after) RC_ASSERT(health == Health::up);
    }
  }

  /// Whether another uplink reaches the targets: what nobody reaches is to blame itself.
  bool has_witness(std::size_t line) const {
    constexpr auto good_again = 3000ms;
    for (std::size_t i = 0; i < kUplinks; ++i)
      if (i != line && now_ - lines_[i].well_since > good_again) return true;
    return false;
  }

  std::chrono::milliseconds longest_detection() const {
    return config_.uplinks[0].health.targets.pace.detection();
  }

  config::Config config_;
  ProbeBoard board_;
  ActiveCell cell_;
  Judge judge_;
  std::mt19937_64 random_;
  std::array<Line, kUplinks> lines_;
  TimePoint now_{100s};
};

RC_GTEST_PROP(FaultSchedule, R33_R35_R36_R37_WhateverFailsAndWhenever, ()) {
  const auto failback = *rc::gen::element<std::string>("stay", "drain", "now");
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  World(failback, seed).run(30s);
}

}  // namespace
}  // namespace spillway
