#include "control/commands/worker_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "control/commands/json_text.h"
#include "control/commands/text_table.h"

namespace spillway {
namespace {

using Figure = std::optional<double>;

/// Nothing where there was nothing to divide by.
Figure part(double what, double of) {
  return of > 0 ? Figure(what / of) : std::nullopt;
}

double grown(std::uint64_t before, std::uint64_t now) {
  return now > before ? static_cast<double>(now - before) : 0;
}

/// Of one worker, since the last look.
struct Load {
  Figure busy;  ///< part of the time, 0..1
  Figure iterations_per_second;
  Figure packets_per_second;
  Figure packets_per_iteration;  ///< of those that found some
  Figure clocks_per_packet;
  Figure given_per_second;
  Figure taken_per_second;
  std::array<Figure, kStages> stages;  ///< clocks for a packet

  Load(const WorkerCounts& was, const WorkerCounts& is, double seconds, double clocks_per_ns) {
    const double busy_ns = grown(was.busy_ns, is.busy_ns);
    const double packets = grown(was.packets, is.packets);
    busy = part(std::min(busy_ns / 1e9, seconds), seconds);
    iterations_per_second = part(grown(was.iterations, is.iterations), seconds);
    packets_per_second = part(packets, seconds);
    packets_per_iteration = part(packets, grown(was.busy_iterations, is.busy_iterations));
    clocks_per_packet = part(busy_ns * clocks_per_ns, packets);
    given_per_second = part(grown(was.given, is.given), seconds);
    taken_per_second = part(grown(was.taken, is.taken), seconds);
    const double sampled = grown(was.stages.packets, is.stages.packets);
    for (std::size_t i = 0; i < kStages; ++i)
      stages[i] = part(grown(was.stages.clocks[i], is.stages.clocks[i]), sampled);
  }
};

Load load_of(const WorkersView& all, std::size_t i, const WorkersSince& since) {
  const WorkerCounts was = i < since.counts.size() ? since.counts[i] : WorkerCounts{};
  return {was, all.workers[i].counts, since.seconds, all.clocks_per_ns};
}

Json json_of(const Figure& figure) {
  return figure ? Json(*figure) : Json();
}

std::string text_of(const Figure& figure, int digits = 0) {
  return figure ? fmt::format("{:.{}f}", *figure, digits) : "-";
}

std::string per_cent(double part_of_one) {
  return fmt::format("{:.1f} %", part_of_one * 100);
}

Json json_of(const WorkerView& w, const Load& load) {
  Json stages = Json::object();
  for (std::size_t i = 0; i < kStages; ++i)
    stages[std::string(kStageNames[i])] = json_of(load.stages[i]);
  return {{"worker", w.number},
          {"cpus", w.cpus},
          {"idle", w.idle},
          {"busy", json_of(load.busy)},
          {"iterations_per_second", json_of(load.iterations_per_second)},
          {"packets_per_second", json_of(load.packets_per_second)},
          {"packets_per_iteration", json_of(load.packets_per_iteration)},
          {"clocks_per_packet", json_of(load.clocks_per_packet)},
          {"clocks_by_stage", stages},
          {"connections", w.connections},
          {"capacity", w.capacity},
          {"given", w.counts.given},
          {"taken", w.counts.taken},
          {"given_per_second", json_of(load.given_per_second)},
          {"taken_per_second", json_of(load.taken_per_second)}};
}

}  // namespace

std::string workers_to_text(const WorkersView& all, const WorkersSince& since) {
  TextTable table({{"WORKER"},
                   {"ON"},
                   {"IDLE"},
                   figures("BUSY"),
                   figures("PACKETS/S"),
                   figures("PER ROUND"),
                   figures("CLOCKS/PACKET"),
                   {"BY STAGE"},
                   figures("CONNECTIONS"),
                   figures("FULL"),
                   figures("GIVEN/S"),
                   figures("TAKEN/S")});
  for (std::size_t i = 0; i < all.workers.size(); ++i) {
    const WorkerView& w = all.workers[i];
    const Load load = load_of(all, i, since);
    std::vector<std::string> stages;
    for (std::size_t s = 0; s < kStages; ++s)
      stages.push_back(std::string(kStageNames[s]) + " " + text_of(load.stages[s]));
    table.add(
        {std::to_string(w.number), w.cpus, w.idle, load.busy ? per_cent(*load.busy) : "-",
         text_of(load.packets_per_second), text_of(load.packets_per_iteration, 1),
         text_of(load.clocks_per_packet), list_of(stages), std::to_string(w.connections),
         per_cent(
             part(static_cast<double>(w.connections), static_cast<double>(w.capacity)).value_or(0)),
         text_of(load.given_per_second), text_of(load.taken_per_second)});
  }
  return table.text() + fmt::format("over the last {:.1f} s\n", since.seconds);
}

std::string workers_to_json(const WorkersView& all, const WorkersSince& since) {
  Json json = {{"seconds", since.seconds}, {"workers", Json::array()}};
  for (std::size_t i = 0; i < all.workers.size(); ++i)
    json["workers"].push_back(json_of(all.workers[i], load_of(all, i, since)));
  return json_text(json);
}

void add_worker_commands(CommandTable& table, std::function<WorkersView()> workers,
                         std::function<TimePoint()> now) {
  const auto last = std::make_shared<LastLook<std::vector<WorkerCounts>>>();
  table.add(
      {"show workers", "[--json]", "how busy each worker is, since the last look",
       [workers = std::move(workers), now = std::move(now), last](Arguments& arguments) {
         const bool json = arguments.flag("--json");
         arguments.finish("--json");
         const WorkersView view = workers();
         std::vector<WorkerCounts> counts;
         for (const WorkerView& worker : view.workers) counts.push_back(worker.counts);
         const WorkersSince since = last->look(now(), counts);
         return Answer{true, json ? workers_to_json(view, since) : workers_to_text(view, since)};
       }});
}

}  // namespace spillway
