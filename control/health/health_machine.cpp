#include "control/health/health_machine.h"

#include <algorithm>
#include <array>
#include <utility>

namespace spillway {
namespace {

constexpr std::array<std::string_view, kHealthStates> kNames = {
    "unknown", "up", "degraded", "down", "hold-down", "admin-down", "draining"};

constexpr unsigned kMostFailures = 20;  // 2^20 times the least is beyond any `most`

bool serves(Health health) noexcept {
  return health == Health::unknown || health == Health::up || health == Health::degraded;
}

std::string reason_for(Health to, const Evidence& evidence) {
  switch (to) {
    case Health::admin_down:
    case Health::draining:
      return "administrator";
    case Health::hold_down:
      return "answers again";
    case Health::up:
    case Health::unknown:
      return evidence.reach == Evidence::Reach::reachable ? "answers" : "link";
    default:
      return evidence.link ? evidence.reason : "link lost";
  }
}

}  // namespace

std::string_view name_of(Health health) noexcept {
  return kNames[static_cast<std::size_t>(health)];
}

std::optional<unsigned> tier_of(Health health) noexcept {
  switch (health) {
    case Health::unknown:
    case Health::up:
      return 0;
    case Health::degraded:
      return 1;
    case Health::hold_down:
      return 2;
    default:
      return std::nullopt;
  }
}

RouterClock::duration HealthMachine::waiting_time() const noexcept {
  const unsigned doublings = failures_ > 0 ? failures_ - 1 : 0;
  RouterClock::duration wait = hold_down_.least;
  for (unsigned i = 0; i < doublings && wait < hold_down_.most; ++i) wait *= 2;
  return std::min<RouterClock::duration>(wait, hold_down_.most);
}

std::optional<HealthChange> HealthMachine::observe(TimePoint now, const Evidence& evidence) {
  calm_down(now);
  const Health to = next(now, evidence);
  if (to == health_) return std::nullopt;
  HealthChange change{health_, to, reason_for(to, evidence)};
  if (to == Health::down && serves(health_)) failures_ = std::min(failures_ + 1, kMostFailures);
  if (to == Health::hold_down) good_since_ = now;
  last_calm_ = now;
  since_ = now;
  reason_ = change.reason;
  health_ = to;
  return change;
}

/// Each calm time without a failure takes one off.
void HealthMachine::calm_down(TimePoint now) {
  if (health_ != Health::up || hold_down_.calm <= RouterClock::duration::zero()) return;
  while (failures_ > 0 && now - last_calm_ >= hold_down_.calm) {
    --failures_;
    last_calm_ += hold_down_.calm;
  }
}

Health HealthMachine::next(TimePoint now, const Evidence& evidence) {
  using Reach = Evidence::Reach;
  if (admin_ == AdminState::disabled) return Health::admin_down;
  if (!evidence.link || evidence.reach == Reach::unreachable) return Health::down;
  const bool heard = evidence.reach == Reach::reachable;
  // A link that came back alone proves nothing.
  if (health_ == Health::down && !heard) return Health::down;
  if (admin_ == AdminState::drained) return Health::draining;
  if (health_ == Health::down && failures_ > 0) return Health::hold_down;
  if (health_ == Health::hold_down && (!heard || now - good_since_ < waiting_time()))
    return Health::hold_down;
  // Who is asked anew, after a reload, has become neither better nor worse by that.
  if (!heard) return serves(health_) ? health_ : Health::unknown;
  return evidence.poor ? Health::degraded : Health::up;
}

}  // namespace spillway
