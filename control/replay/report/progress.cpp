#include "control/replay/report/progress.h"

#include <unistd.h>

#include <algorithm>
#include <string>

#include "control/replay/report/format.h"

namespace spillway::replay {

Progress::Progress(std::FILE* out, bool wanted, std::uint64_t frames)
    : out_(out), shown_(wanted && isatty(fileno(out)) == 1), frames_(frames) {}

void Progress::update(std::uint64_t frames, double router_seconds) {
  constexpr std::size_t kWidth = 40;
  constexpr std::chrono::milliseconds kBetween(100);
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  next_ = now + kBetween;
  drawn_ = true;
  const double share =
      frames_ == 0 ? 1 : std::min(1.0, static_cast<double>(frames) / static_cast<double>(frames_));
  const auto full = static_cast<std::size_t>(share * kWidth);
  const std::string bar = std::string(full, '#') + std::string(kWidth - full, '.');
  std::fprintf(out_, "\r[%s] %3.0f %%  %s s ", bar.c_str(), share * 100,
               fixed(router_seconds, 1).c_str());
  std::fflush(out_);
}

void Progress::finish() {
  if (!drawn_) return;
  drawn_ = false;
  std::fprintf(out_, "\r\033[K");
  std::fflush(out_);
}

}  // namespace spillway::replay
