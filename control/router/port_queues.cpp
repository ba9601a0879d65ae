#include "control/router/port_queues.h"

#include <algorithm>

namespace spillway {

PortQueues PortQueues::plan(unsigned device, unsigned workers, std::uint16_t sortable) noexcept {
  PortQueues plan;
  plan.queues = std::clamp<std::uint16_t>(sortable, 1, static_cast<std::uint16_t>(workers));
  plan.sorted = plan.queues == workers;
  // Where there is not one for everybody, the load is spread over the workers.
  plan.first = plan.sorted ? 0 : device % workers;
  return plan;
}

std::uint16_t PortQueues::queue_of(unsigned worker, unsigned workers) const noexcept {
  const unsigned queue = (worker + workers - first) % workers;
  return queue < queues ? static_cast<std::uint16_t>(queue) : kNoQueue;
}

unsigned PortQueues::sender_for(unsigned worker, unsigned workers) const noexcept {
  return worker_of(queue_for_owner(worker, workers), workers);
}

std::uint16_t PortQueues::queue_for_owner(unsigned owner, unsigned workers) const noexcept {
  const std::uint16_t own = queue_of(owner, workers);
  return own != kNoQueue ? own : static_cast<std::uint16_t>(owner % queues);
}

}  // namespace spillway
