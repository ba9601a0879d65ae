#pragma once

#include <span>
#include <vector>

#include "control/health/health_machine.h"
#include "dataplane/wan/uplink_id.h"

namespace spillway {

struct UplinkHealthChange {
  UplinkId uplink = UplinkId::none;
  HealthChange change;
};

/// Those that take new connections: of the best tier that has any (R37: the first one back takes
/// over). Pure.
UplinkSet usable_of(std::span<const Health> health) noexcept;

/// The health of all uplinks, and which of them may take new connections. Pure. Thread contract:
/// one thread.
class HealthGroup {
 public:
  explicit HealthGroup(std::span<const config::HoldDown> hold_downs);

  /// Takes what is known of every uplink now.
  std::vector<UplinkHealthChange> observe(TimePoint now, std::span<const Evidence> evidence);
  void set_admin(UplinkId uplink, AdminState admin) noexcept;
  void set_hold_down(UplinkId uplink, const config::HoldDown& hold_down) noexcept;

  std::vector<Health> health() const;
  UplinkSet usable() const { return usable_of(health()); }
  const HealthMachine& operator[](UplinkId uplink) const { return machines_[index_of(uplink)]; }

 private:
  std::vector<HealthMachine> machines_;
};

}  // namespace spillway
