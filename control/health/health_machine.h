#pragma once
// The health of one uplink: a state machine without clock, sockets or processes, so that it cannot
// hang and every transition can be tested by a table.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/config/health_settings.h"
#include "dataplane/clock.h"

namespace spillway {

enum class Health : std::uint8_t {
  unknown,  ///< nothing has been heard yet: taken for good
  up,
  degraded,  ///< answers, but loses or delays too much
  down,
  hold_down,   ///< answers again, and must go on answering before it is trusted
  admin_down,  ///< an administrator said so
  draining,    ///< an administrator said so: no new connections, the others go on
};
inline constexpr std::size_t kHealthStates = 7;
std::string_view name_of(Health health) noexcept;

/// What is known of an uplink at one moment.
struct Evidence {
  enum class Reach : std::uint8_t { unknown, reachable, unreachable };

  bool link = true;
  Reach reach = Reach::unknown;
  bool poor = false;   ///< beyond a limit on loss, delay or jitter
  std::string reason;  ///< of what speaks against it, in words for the log
};

/// What an administrator has asked for.
enum class AdminState : std::uint8_t { enabled, disabled, drained };

struct HealthChange {
  Health from = Health::unknown;
  Health to = Health::unknown;
  std::string reason;
};

/// Thread contract: value type, one thread.
class HealthMachine {
 public:
  explicit HealthMachine(const config::HoldDown& hold_down) : hold_down_(hold_down) {}

  /// Takes what is known now; the change that follows, if any. Call it at every tick: waiting times
  /// end by it too.
  std::optional<HealthChange> observe(TimePoint now, const Evidence& evidence);
  /// An administrator's word. It stands until the next one.
  void set_admin(AdminState admin) noexcept { admin_ = admin; }
  void set_hold_down(const config::HoldDown& hold_down) noexcept { hold_down_ = hold_down; }

  Health health() const noexcept { return health_; }
  AdminState admin() const noexcept { return admin_; }
  TimePoint since() const noexcept { return since_; }
  const std::string& reason() const noexcept { return reason_; }
  /// How long it has to wait after the next recovery, or has to wait now.
  RouterClock::duration waiting_time() const noexcept;

 private:
  Health next(TimePoint now, const Evidence& evidence);
  void calm_down(TimePoint now);

  config::HoldDown hold_down_;
  Health health_ = Health::unknown;
  AdminState admin_ = AdminState::enabled;
  TimePoint since_;
  std::string reason_;     ///< of the last change
  TimePoint good_since_;   ///< in hold_down: when it began to answer
  TimePoint last_calm_;    ///< up to when calm times have been counted
  unsigned failures_ = 0;  ///< that still count
};

/// Whether an uplink in this state may take new connections. Those of a later tier serve only when
/// no earlier one has any: 0 best, 2 last, nothing at all for none.
std::optional<unsigned> tier_of(Health health) noexcept;

}  // namespace spillway
