#include "control/replay/engine/replay.h"

#include <rte_cycles.h>

#include <chrono>
#include <thread>

#include "control/replay/capture/capture.h"
#include "control/replay/engine/internet.h"
#include "control/replay/engine/judge.h"
#include "control/replay/engine/metering.h"
#include "control/replay/engine/outputs.h"
#include "control/replay/engine/summary.h"
#include "control/replay/engine/timeline.h"
#include "control/replay/engine/verifier.h"
#include "control/snapshot.h"

namespace spillway::replay {
namespace {

constexpr std::uint64_t kProgressEvery = 256;  // frames

double seconds(TimePoint t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

/// The longest time in which anything at all can happen without a packet.
RouterClock::duration longest_gap(const config::Config& config) {
  const auto longest = *std::max_element(config.timeouts.ms.begin(), config.timeouts.ms.end());
  return std::chrono::milliseconds(longest) + 2 * config.balance.window + config.balance.dwell +
         std::chrono::seconds(2);
}

/// Neighbours that no capture names: targets of forwards, and routers in the LAN.
void introduce_fixed_hosts(const config::Config& config, Stage& stage) {
  const auto introduce = [&](Ipv4Addr host) {
    if (const auto lan = config.lan_of(host)) stage.introduce(lan_port(*lan), host);
  };
  for (const config::PortForward& forward : config.port_forwards) introduce(forward.to);
  for (const config::Route& route : config.lan_routes()) introduce(route.via);
}

class Replay {
 public:
  Replay(const config::Config& config, const ReplaySettings& settings, const CaptureScan& scan,
         Report& report)
      : config_(config),
        settings_(settings),
        report_(report),
        stage_(config, stage_settings(scan)),
        ledger_(config),
        internet_(config, scan.plan, ledger_),
        metering_(config, stage_, report),
        judge_(config, stage_, ledger_, report),
        outputs_(config, settings.out_dir, scan.first_ns),
        timeline_(settings.time_scale, longest_gap(config)) {
    introduce_fixed_hosts(config, stage_);
  }

  void run() {
    const auto started = std::chrono::steady_clock::now();
    for (std::uint32_t round = 0; round < settings_.rounds; ++round) play_all(round, started);
    metering_.finish(now_);
    outputs_.close();
    report_.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    finish_report();
  }

 private:
  using Started = std::chrono::steady_clock::time_point;

  void play_all(std::uint32_t round, Started started) {
    internet_.begin(Round(round));
    timeline_.begin_again();
    CaptureReader reader(settings_.capture);
    while (const auto packet = reader.next()) {
      play(*packet, started);
      if (settings_.on_progress && ++played_ % kProgressEvery == 0)
        settings_.on_progress(played_, seconds(now_));
    }
    flush();
  }

  void play(const CapturedPacket& packet, Started started) {
    const TimePoint at = timeline_.at(packet.time_ns);
    if (metering_.due(at)) {
      flush();
      metering_.advance(at);
    }
    if (settings_.speed == Speed::real)
      std::this_thread::sleep_until(started + at.time_since_epoch());
    // An answer can be addressed only once the router has shown what it made of the question.
    if (internet_.from_outside(packet)) flush_outbound();
    // In a burst every packet has the time of the first.
    if (burst_.empty()) now_ = at;
    auto prepared = internet_.prepare(packet, now_);
    if (auto* skip = std::get_if<Skip>(&prepared)) {
      ++report_.capture.skipped[skip->reason];
      return;
    }
    enqueue({std::move(std::get<Feed>(prepared)), {packet.frame, seconds(now_)}});
  }

  void enqueue(Judge::Item item) {
    introduce_neighbours(item.fed);
    burst_.push_back(std::move(item));
    if (settings_.speed != Speed::max || burst_.size() == kBurst) flush();
  }

  void introduce_neighbours(const Feed& fed) {
    if (index_of(fed.port) >= config_.lans.size() || fed.parsed.kind != PacketKind::flow) return;
    stage_.introduce(fed.port, fed.parsed.src());
  }

  void flush_outbound() {
    if (!burst_.empty() && index_of(burst_.back().fed.port) < config_.lans.size()) flush();
  }

  void flush() {
    if (burst_.empty()) return;
    clocks_ += judge_.run(burst_, now_, [this](PortIndex port, std::span<const std::uint8_t> f) {
      outputs_.write(port, now_, f);
    });
    burst_.clear();
  }

  void finish_report() {
    const Adjusted& adjusted = internet_.adjusted();
    auto& facts = report_.capture;
    if (adjusted.padded > 0) facts.adjusted["padded_to_original_length"] = adjusted.padded;
    if (adjusted.checksum_completed > 0)
      facts.adjusted["ip_checksum_completed"] = adjusted.checksum_completed;
    if (adjusted.length_completed > 0)
      facts.adjusted["ip_length_completed"] = adjusted.length_completed;
    for (std::string& warning : timeline_.warnings()) facts.warnings.push_back(std::move(warning));
    summarise(config_, stage_, report_);
    if (report_.packets_in == 0) return;
    report_.clocks_per_packet =
        static_cast<double>(clocks_) / static_cast<double>(report_.packets_in);
    report_.packets_per_second = static_cast<double>(rte_get_tsc_hz()) / report_.clocks_per_packet;
  }

  const config::Config& config_;
  const ReplaySettings& settings_;
  Report& report_;
  Stage stage_;
  Ledger ledger_;
  Internet internet_;
  Metering metering_;
  Judge judge_;
  Outputs outputs_;
  Timeline timeline_;
  std::vector<Judge::Item> burst_;
  TimePoint now_{};
  std::uint64_t clocks_ = 0;
  std::uint64_t played_ = 0;  ///< frames, of all rounds
};

const char* name_of(Speed speed) {
  switch (speed) {
    case Speed::real:
      return "real";
    case Speed::max:
      return "max";
    case Speed::virtual_time:
      break;
  }
  return "virtual";
}

void warn_of_long_packets(const config::Config& config, const CaptureScan& scan, Report& report) {
  std::size_t mtu = SIZE_MAX;
  for (const auto& lan : config.lans) mtu = std::min<std::size_t>(mtu, lan.mtu);
  for (const auto& uplink : config.uplinks) mtu = std::min<std::size_t>(mtu, uplink.mtu);
  if (scan.longest_packet <= mtu) return;
  report.capture.warnings.push_back(
      "packets of up to " + std::to_string(scan.longest_packet) + " bytes exceed the MTU of " +
      std::to_string(mtu) +
      " (merged by the capturing host?); the replay's links carry them whole");
}

}  // namespace

StageSettings stage_settings(const CaptureScan& scan) {
  constexpr std::size_t spare_neighbours = 256;  // gateways and forward targets
  StageSettings settings;
  settings.longest_frame = std::max(settings.longest_frame, scan.longest_packet + kEtherHeader);
  settings.neighbours = scan.plan.hosts() + spare_neighbours;
  return settings;
}

Report replay(const config::Config& config, const ReplaySettings& settings,
              const CaptureScan& scan) {
  Report report;
  report.version = SPILLWAY_VERSION;
  report.config_file = config.file;
  report.speed = name_of(settings.speed);
  report.time_scale = settings.time_scale;
  report.rounds = settings.rounds;
  report.capture = scan.facts;
  warn_of_long_packets(config, scan, report);
  Replay(config, settings, scan, report).run();
  return report;
}

}  // namespace spillway::replay
