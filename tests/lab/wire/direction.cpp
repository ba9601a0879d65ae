#include "tests/lab/wire/direction.h"

#include <algorithm>

namespace spillway::wire {
namespace {

// What may leave at once after a pause. A sender's timer is no better than this; without it a
// bottleneck of 100 Mbit/s would lose what it could have sent while its process slept.
constexpr Nanoseconds kBurst = std::chrono::milliseconds(2);

}  // namespace

bool Direction::later(const Waiting& a, const Waiting& b) {
  return a.due != b.due ? a.due > b.due : a.order > b.order;
}

bool Direction::happens(double share) {
  constexpr double kUnit = 1.0 / 9007199254740992.0;  // 2^-53: all bits that a double holds
  return share > 0 && static_cast<double>(random_() >> 11) * kUnit < share;
}

void Direction::offer(Bytes frame, TimePoint now) {
  counters.received += 1;
  counters.received_bytes += frame.size();
  if (settings.cut) {
    counters.cut += 1;
    return;
  }
  if (happens(settings.loss)) {
    counters.lost += 1;
    return;
  }
  const int copies = happens(settings.duplicate) ? 2 : 1;
  counters.duplicated += static_cast<std::uint64_t>(copies - 1);
  for (int i = 0; i < copies; ++i) {
    if (const auto departure = pass_bottleneck(frame.size(), now))
      enqueue(frame, arrival(*departure));
    else
      counters.overflowed += 1;
  }
}

/// When the frame has left the bottleneck; nothing when it finds the queue full.
std::optional<TimePoint> Direction::pass_bottleneck(std::size_t length, TimePoint now) {
  if (settings.rate == 0) return now;
  const TimePoint start = std::max(bottleneck_free_, now - kBurst);
  if (start - now > settings.queue) return std::nullopt;
  const auto time = static_cast<double>(length) * 8e9 / static_cast<double>(settings.rate);
  bottleneck_free_ = start + Nanoseconds(static_cast<std::int64_t>(time));
  return std::max(bottleneck_free_, now);
}

TimePoint Direction::arrival(TimePoint departure) {
  Nanoseconds delay = settings.delay;
  if (settings.jitter.count() > 0) {
    const auto width = static_cast<std::uint64_t>(2 * settings.jitter.count() + 1);
    delay += Nanoseconds(static_cast<std::int64_t>(random_() % width)) - settings.jitter;
  }
  if (happens(settings.reorder)) {
    counters.reordered += 1;
    return departure + delay + settings.hold;
  }
  last_arrival_ = std::max(last_arrival_, departure + delay);
  return last_arrival_;
}

void Direction::enqueue(Bytes frame, TimePoint due) {
  if (free_slots_.empty()) {
    free_slots_.push_back(slots_.size());
    slots_.emplace_back();
  }
  const std::size_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot].assign(frame.begin(), frame.end());
  queue_.push_back({due, order_++, slot});
  std::push_heap(queue_.begin(), queue_.end(), later);
}

std::optional<TimePoint> Direction::next_due() const {
  return queue_.empty() ? std::nullopt : std::optional(queue_.front().due);
}

const std::vector<Bytes>& Direction::take_due(TimePoint now, std::size_t most) {
  free_slots_.insert(free_slots_.end(), lent_slots_.begin(), lent_slots_.end());
  lent_slots_.clear();
  lent_.clear();
  while (lent_.size() < most && !queue_.empty() && queue_.front().due <= now) {
    std::pop_heap(queue_.begin(), queue_.end(), later);
    const std::size_t slot = queue_.back().slot;
    queue_.pop_back();
    lent_slots_.push_back(slot);
    lent_.emplace_back(slots_[slot]);
  }
  return lent_;
}

}  // namespace spillway::wire
