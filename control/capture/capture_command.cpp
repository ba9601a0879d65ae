#include "control/capture/capture_command.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "control/capture/capture_writer.h"

namespace spillway {
namespace {

constexpr char kAllowed[] =
    "PORT|all FILE [limit PACKETS] [bytes N] [seconds N] [snaplen N] [filter EXPRESSION]";
/// Where nobody says: a disk is not filled by a forgotten capture.
constexpr std::uint64_t kUsualBytes = 1'000'000'000;
constexpr std::chrono::seconds kSaysEach{1};
/// How long a worker that stands still is waited for.
constexpr std::chrono::seconds kWaits{1};

struct CaptureOptions {
  CaptureWish wish;
  CaptureLimits limits;
  std::chrono::seconds seconds{0};  ///< 0: no limit
  std::string file;
};

/// One capture at a time; what is under way may outlive the table that it was asked at.
struct CaptureState {
  CaptureDesk desk;
  std::string file;     ///< of the one under way; empty: none
  bool closed = false;  ///< the router has ended
};

/// A capture from its beginning to its end, for as long as the client listens.
class RunningCapture final : public AnswerRest {
 public:
  RunningCapture(std::shared_ptr<CaptureState> state, const CaptureOptions& options)
      : state_(std::move(state)),
        options_(options),
        store_(std::make_shared<CaptureStore>(options.wish, state_->desk.workers)),
        writer_(store_, create_capture_file(options.file), options.file, state_->desk.ports,
                options.limits, wall_minus_clock()),
        began_(state_->desk.now()),
        said_(began_) {
    state_->desk.publish({store_, &store_->order()});
    state_->file = options.file;
    spdlog::info("capture into {} begins", options.file);
  }
  ~RunningCapture() override {
    if (!stopped_) stop();
    const std::string trouble = writer_.finish();
    if (!trouble.empty()) spdlog::warn("capture: {}", trouble);
    if (state_->closed) return;
    state_->file.clear();
    spdlog::info("capture into {} is over: {} packets, {} found no room", options_.file,
                 writer_.packets(), store_->lost());
  }

  bool append_to(std::string& text) override {
    if (state_->closed) return false;
    const TimePoint now = state_->desk.now();
    if (!stopped_ && is_over(now)) stop();
    if (stopped_) return !finish(text, now);
    if (now - said_ < kSaysEach) return true;
    said_ = now;
    // Also how it is noticed that nobody listens any more.
    text += fmt::format("{} packets\n", writer_.packets());
    return true;
  }

 private:
  std::int64_t wall_minus_clock() const {
    const auto clock = std::chrono::nanoseconds(state_->desk.now().time_since_epoch());
    return state_->desk.wall_ns() - clock.count();
  }

  bool is_over(TimePoint now) const {
    const bool late = options_.seconds.count() > 0 && now - began_ >= options_.seconds;
    return late || writer_.is_full();
  }

  void stop() {
    stopped_ = true;
    if (state_->closed) return;
    try {
      state_->desk.publish(nullptr);
    } catch (const std::exception& e) {
      spdlog::error("capture: workers could not be told that it is over: {}", e.what());
    }
    stopped_at_ = state_->desk.now();
    rounds_ = state_->desk.rounds();
  }

  /// False while workers may still be at it.
  bool finish(std::string& text, TimePoint now) {
    const bool passed = state_->desk.rounds() >= rounds_ + 2 || now - stopped_at_ > kWaits;
    if (!passed) return false;
    const std::string trouble = writer_.finish();
    text += fmt::format("{}: {} packets, {} bytes; {} found no room\n", options_.file,
                        writer_.packets(), writer_.bytes(), store_->lost());
    if (!trouble.empty()) text += trouble + "\n";
    return true;
  }

  std::shared_ptr<CaptureState> state_;
  CaptureOptions options_;
  std::shared_ptr<CaptureStore> store_;
  CaptureWriter writer_;
  TimePoint began_;
  TimePoint said_;
  bool stopped_ = false;
  TimePoint stopped_at_;
  std::uint64_t rounds_ = 0;
};

std::uint64_t number_of(std::string_view name, const std::string& word, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size() || number == 0 || number > most)
    throw CommandError(
        fmt::format("{}: found \"{}\"; allowed: a number from 1 to {}", name, word, most));
  return number;
}

std::uint64_t ports_of(const std::string& word, const std::vector<std::string>& names) {
  if (word == "all") return (std::uint64_t{1} << names.size()) - 1;
  const auto at = std::find(names.begin(), names.end(), word);
  if (at != names.end()) return std::uint64_t{1} << (at - names.begin());
  throw CommandError(fmt::format("found \"{}\"; allowed: all, {}", word, fmt::join(names, ", ")));
}

std::string filter_of(Arguments& arguments) {
  std::string filter;
  if (!arguments.flag("filter")) return filter;
  while (const auto word = arguments.word()) filter += (filter.empty() ? "" : " ") + *word;
  if (filter.empty()) throw CommandError("nothing stands behind filter");
  return filter;
}

CaptureOptions options_of(Arguments& arguments, const CaptureDesk& desk) {
  CaptureOptions options;
  options.wish.most = desk.longest_frame;
  options.limits.bytes = kUsualBytes;
  if (const auto word = arguments.after("limit"))
    options.limits.packets = number_of("limit", *word, ~std::uint64_t{0});
  if (const auto word = arguments.after("bytes"))
    options.limits.bytes = number_of("bytes", *word, ~std::uint64_t{0});
  if (const auto word = arguments.after("seconds"))
    options.seconds = std::chrono::seconds(number_of("seconds", *word, 1'000'000));
  if (const auto word = arguments.after("snaplen"))
    options.wish.most = std::min(desk.longest_frame,
                                 static_cast<std::uint32_t>(number_of("snaplen", *word, 262'144)));
  const auto port = arguments.word();
  const auto file = arguments.word();
  if (!port || !file) throw CommandError(fmt::format("found too few words; allowed: {}", kAllowed));
  options.wish.ports = ports_of(*port, desk.ports);
  if (!file->starts_with('/'))
    throw CommandError(fmt::format(
        "found \"{}\"; allowed: the whole path of a file that is not there yet", *file));
  options.file = *file;
  options.wish.filter = filter_of(arguments);
  arguments.finish(kAllowed);
  return options;
}

Answer begin(const std::shared_ptr<CaptureState>& state, Arguments& arguments) {
  const CaptureOptions options = options_of(arguments, state->desk);
  if (!state->file.empty())
    throw CommandError(
        fmt::format("found one under way, into {}; allowed: one at a time", state->file));
  try {
    return {true, fmt::format("capturing into {}\n", options.file),
            std::make_unique<RunningCapture>(state, options)};
  } catch (const std::exception& e) {
    throw CommandError(e.what());
  }
}

/// Ends with the table.
struct Closer {
  explicit Closer(std::shared_ptr<CaptureState> s) : state(std::move(s)) {}
  ~Closer() { state->closed = true; }
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  std::shared_ptr<CaptureState> state;
};

}  // namespace

void add_capture_command(CommandTable& table, CaptureDesk desk) {
  auto state = std::make_shared<CaptureState>(CaptureState{std::move(desk), "", false});
  auto closer = std::make_shared<Closer>(std::move(state));
  table.add({"capture", kAllowed, "write frames into a pcapng file until you leave",
             [closer = std::move(closer)](Arguments& arguments) {
               return begin(closer->state, arguments);
             },
             Rights::change});
}

}  // namespace spillway
