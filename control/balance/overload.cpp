#include "control/balance/overload.h"

#include <algorithm>

namespace spillway {

bool Overload::observe(const UplinkRate& rate) noexcept {
  const auto now = rate.of(threshold_.traffic);
  const bool was = overloaded_;
  overloaded_ = was ? now >= threshold_.return_below : now > threshold_.spill_above;
  return overloaded_ != was;
}

double Overload::share(const UplinkRate& rate) const noexcept {
  const auto full = std::max<std::uint64_t>(threshold_.spill_above.value, 1);
  return static_cast<double>(rate.of(threshold_.traffic).value) / static_cast<double>(full);
}

}  // namespace spillway
