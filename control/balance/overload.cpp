#include "control/balance/overload.h"

namespace spillway {

bool Overload::observe(const UplinkRate& rate) noexcept {
  const auto& t = threshold_;
  const bool was = overloaded_;
  overloaded_ =
      was ? !is_below(rate, t.return_below, t.traffic) : is_above(rate, t.spill_above, t.traffic);
  return overloaded_ != was;
}

double Overload::share(const UplinkRate& rate) const noexcept {
  return share_of(rate, threshold_.spill_above, threshold_.traffic);
}

}  // namespace spillway
