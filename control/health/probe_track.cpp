#include "control/health/probe_track.h"

#include <algorithm>

namespace spillway {

std::uint16_t ProbeTrack::send(TimePoint now) {
  const std::uint16_t sequence = next_++;
  waiting_.push_back({sequence, now});
  ++sent_;
  // From the planned moment, so that the pace holds; a stall is not made up for by a burst.
  due_ = std::max(due_ + pause(), now + pause() / 2);
  return sequence;
}

RouterClock::duration ProbeTrack::pause() const noexcept {
  const bool doubted = missing() && verdict_ != Verdict::failed;
  return doubted ? std::min(pace_.retry, pace_.interval) : pace_.interval;
}

bool ProbeTrack::answer(TimePoint now, std::uint16_t sequence) {
  expire(now);
  const auto at = std::find_if(waiting_.begin(), waiting_.end(),
                               [&](const Waiting& w) { return w.sequence == sequence; });
  if (at == waiting_.end()) return false;
  const TimePoint sent = at->sent;
  // Whatever was sent earlier may still be answered: answers overtake each other.
  waiting_.erase(at);
  ++answered_;
  last_answer_ = now;
  decide(now - sent, sent);
  return true;
}

bool ProbeTrack::answer_oldest(TimePoint now) {
  expire(now);
  return !waiting_.empty() && answer(now, waiting_.front().sequence);
}

void ProbeTrack::expire(TimePoint now) {
  while (!waiting_.empty() && now - waiting_.front().sent >= pace_.timeout) {
    const TimePoint sent = waiting_.front().sent;
    waiting_.pop_front();
    decide(std::nullopt, sent);
    due_ = std::min(due_, now + pause());
  }
}

void ProbeTrack::decide(std::optional<RouterClock::duration> rtt, TimePoint sent) {
  window_.push_back(rtt);
  if (window_.size() > kWindow) window_.pop_front();
  if (rtt) {
    ++answered_in_row_;
    missed_in_row_ = 0;
    silent_since_.reset();
  } else {
    ++missed_in_row_;
    answered_in_row_ = 0;
    if (!silent_since_) silent_since_ = sent;
  }
  if (missed_in_row_ >= pace_.misses) verdict_ = Verdict::failed;
  // The first answer of all says enough: there is no failure that it would have to outlast.
  if (answered_in_row_ >= pace_.replies || (verdict_ == Verdict::unknown && rtt))
    verdict_ = Verdict::good;
}

ProbeQuality ProbeTrack::quality() const {
  ProbeQuality q;
  q.probes = window_.size();
  std::size_t answered = 0;
  std::size_t steps = 0;
  std::optional<RouterClock::duration> before;
  for (const auto& rtt : window_) {
    if (!rtt) continue;
    ++answered;
    q.rtt += *rtt;
    if (before) {
      q.jitter += *rtt > *before ? *rtt - *before : *before - *rtt;
      ++steps;
    }
    before = rtt;
  }
  if (answered > 0) q.rtt /= static_cast<std::int64_t>(answered);
  if (steps > 0) q.jitter /= static_cast<std::int64_t>(steps);
  if (q.probes > 0) q.loss = 1.0 - static_cast<double>(answered) / static_cast<double>(q.probes);
  return q;
}

}  // namespace spillway
