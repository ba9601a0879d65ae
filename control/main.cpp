// Exit codes: 0 all well (for a replay: verified); 1 a verification failed; 2 usage, configuration
// or a machine on which it cannot run; 3 the capture could not be read at all.

#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>

#include "control/config/load.h"
#include "control/console/console.h"
#include "control/cpus.h"
#include "control/eal.h"
#include "control/log/log.h"
#include "control/options.h"
#include "control/ports/claimed_cards.h"
#include "control/replay/capture/capture.h"
#include "control/replay/engine/replay.h"
#include "control/replay/report/progress.h"
#include "control/replay/report/writers.h"
#include "control/router/router.h"

namespace spillway {
namespace {

enum ExitCode : int { kOk = 0, kFailed = 1, kUsage = 2, kNoCapture = 3 };

replay::Speed speed_of(ReplaySpeed speed) {
  switch (speed) {
    case ReplaySpeed::real:
      return replay::Speed::real;
    case ReplaySpeed::max:
      return replay::Speed::max;
    case ReplaySpeed::virtual_time:
      break;
  }
  return replay::Speed::virtual_time;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(path + ": cannot be written");
}

int run_replay(const Options& options) {
  const config::Config config = config::load(options.config_file);
  const replay::CaptureScan scan = replay::scan_capture(options.capture, config, options.lan_nets);
  for (const std::string& warning : scan.facts.warnings)
    std::cerr << "spillway: warning: " << warning << "\n";
  const Eal eal({.memory_mib = replay::Stage::memory_mib(config, replay::stage_settings(scan))},
                options.eal_arguments);
  replay::Progress progress(stderr, options.progress, scan.facts.frames * options.rounds);
  replay::ReplaySettings settings;
  settings.capture = options.capture;
  settings.out_dir = options.out_dir;
  settings.speed = speed_of(options.speed);
  settings.time_scale = options.time_scale;
  settings.rounds = options.rounds;
  settings.on_progress = [&](std::uint64_t frames, double seconds) {
    progress.update(frames, seconds);
  };
  const replay::Report report = replay::replay(config, settings, scan);
  progress.finish();
  if (options.html_file) write_file(*options.html_file, replay::to_html(report));
  std::cout << (options.json ? replay::to_json(report) : replay::to_text(report)) << std::flush;
  if (!std::cout) throw std::runtime_error("standard output: the report cannot be written");
  return report.verified() ? kOk : kFailed;
}

int run_router(const Options& options) {
  if (options.interactive) Console::require_terminal();
  auto config = std::make_unique<const config::Config>(config::load(options.config_file));
  const auto terminal = options.interactive ? std::make_shared<TerminalLog>() : nullptr;
  terminal ? start_log(terminal) : start_log();
  const Machine machine = read_machine(*config);
  const CpuPlan cpus = plan_cpus(*config, machine);
  const ClaimedCards cards(*config);
  const auto most_workers = static_cast<unsigned>(cpus.workers.size());
  const std::size_t memory_mib = Router::memory_mib(*config, most_workers);
  const Eal eal({.memory_mib = memory_mib,
                 .node_mib = cpus.share_memory(machine, memory_mib, Router::kSharedMib),
                 .hugepages = true,
                 .cards = cards.devices(),
                 .hugepage_user = cards.hugepage_user(),
                 .telemetry = true,
                 .lcores = cpus.lcores()},
                options.eal_arguments);
  spdlog::info("{}", eal.memory());
  const std::string socket = options.socket.empty() ? config->control.path : options.socket;
  Router router(std::move(config), {socket, cpus, machine});
  std::unique_ptr<Console> console;
  if (terminal) console = std::make_unique<Console>(socket, terminal);
  const CounterTotals totals = router.run();
  console.reset();
  std::cout << to_text(totals) << std::flush;
  return kOk;
}

int run(const Options& options) {
  switch (options.command) {
    case Command::help:
      std::cout << help_text();
      return kOk;
    case Command::replay_help:
      std::cout << replay_help_text();
      return kOk;
    case Command::version:
      std::cout << "spillway " SPILLWAY_VERSION "\n";
      return kOk;
    case Command::check:
      std::cout << config::effective(config::load(options.config_file));
      return kOk;
    case Command::replay:
      return run_replay(options);
    case Command::run:
      break;
  }
  return run_router(options);
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  using namespace spillway;
  try {
    return run(parse_options({argv + 1, argv + argc}));
  } catch (const UsageError& e) {
    complain(std::string("spillway: ") + e.what());
    return kUsage;
  } catch (const config::ConfigError& e) {
    complain(e.what());
    return kUsage;
  } catch (const replay::CaptureError& e) {
    complain(std::string("spillway: ") + e.what());
    return kNoCapture;
  } catch (const std::exception& e) {
    complain(std::string("spillway: ") + e.what());
    return kUsage;
  }
}
