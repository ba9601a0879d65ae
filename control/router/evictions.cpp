#include "control/router/evictions.h"

namespace spillway {
namespace {

ConnectionOrder order_for(const Eviction& eviction) {
  ConnectionOrder order;
  order.uplinks = eviction.uplinks.bits();
  order.tell_tcp = eviction.tell_tcp;
  if (eviction.why == Eviction::Why::died) return order;
  order.home = eviction.cause;
  order.from = Millis::of(eviction.opened.from);
  order.to = Millis::of(eviction.opened.to);
  return order;
}

}  // namespace

void Evictions::add(const Eviction& eviction) {
  waiting_.push_back(eviction);
  if (waiting_.size() == 1) give();
}

void Evictions::give() {
  evicted_before_ = workers_.evicted();
  given_ += workers_.order(order_for(waiting_.front()));
}

std::optional<Evictions::Done> Evictions::poll() {
  if (waiting_.empty() || workers_.orders_done() < given_) return std::nullopt;
  const Done done{waiting_.front(), workers_.evicted() - evicted_before_};
  waiting_.pop_front();
  if (!waiting_.empty()) give();
  return done;
}

}  // namespace spillway
