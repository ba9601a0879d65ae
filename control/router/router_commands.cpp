// What the router itself does when it is told to.

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>

#include "control/commands/event_commands.h"
#include "control/commands/probe_commands.h"
#include "control/commands/set_commands.h"
#include "control/commands/uplink_commands.h"
#include "control/commands/view_command.h"
#include "control/connections/connection_commands.h"
#include "control/connections/explain_command.h"
#include "control/log/log.h"
#include "control/router/router.h"
#include "dataplane/net/headers.h"

namespace spillway {

void Router::add_commands() {
  commands_.add({"reload", "", "read the configuration file again",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   return reload();
                 },
                 Rights::change});
  add_view<CounterTotals>(
      commands_, "show counters", "packets by port, drops by reason", [this] { return totals(); },
      to_text, to_json);
  add_event_commands(commands_, events_);
  add_uplink_commands(commands_, [this] { return views_->uplinks(); });
  add_connection_commands();
  add_capture_command(commands_, capture_desk());
  commands_.add({"shutdown", "", "end the router, as SIGTERM does",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   boost::asio::post(loop_, [] { std::raise(SIGTERM); });
                   return Answer{true, "stopping\n"};
                 },
                 Rights::change});
  commands_.add({"help", "[WORDS]", "what this router knows", [this](Arguments& arguments) {
                   return Answer{true, commands_.help(arguments.rest())};
                 }});
  commands_.add({"complete", "LINE", "what the last word of LINE can become, for Tab keys",
                 [this](Arguments& arguments) {
                   return Answer{true, commands_.complete(arguments.as_written())};
                 }});
  add_show_commands();
  add_controls();
}

void Router::add_show_commands() {
  const Views& views = *views_;
  const auto now = [&views] { return views.now(); };
  add_port_commands(commands_, {[&views] { return views.port_names(); },
                                [&views](std::size_t i) { return views.port_counts(i); },
                                [&views](std::size_t i) { return views.port_statistics(i); },
                                [&views](std::size_t i) { return views.port_info(i); }, now});
  add_balance_commands(
      commands_, [this] { return views_->active(forwarding_); },
      [&views] { return views.monitors(); });
  add_probe_commands(commands_, [&views] { return views.uplinks(); });
  add_mangle_commands(commands_, [&views] { return views.mangle(); });
  add_route_commands(
      commands_, {[&views] { return views.routes(); }, [&views] { return views.address_lists(); },
                  [&views] { return views.neighbours(); }});
  add_worker_commands(
      commands_, [&views] { return views.workers(); }, now);
  add_drop_commands(
      commands_, [&views] { return views.drops(); }, now);
  add_program_commands(
      commands_, [this]() -> const config::Config& { return *config_; },
      [&views] { return views.version(); });
}

void Router::add_controls() {
  add_set_commands(commands_, {[this]() -> const config::Config& { return *config_; },
                               [this](config::Config next) {
                                 adopt(std::make_unique<const config::Config>(std::move(next)));
                               },
                               [this](UplinkId uplink, AdminState state) {
                                 steering_->set_admin(uplink, state);
                               },
                               set_log_level,
                               [this](const std::string& subject, const std::string& command) {
                                 tell_of_administrator(EventKind::config, subject, command, "set");
                               }});
  commands_.add({"start", "", "forward again after `stop`",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   return set_forwarding(true);
                 },
                 Rights::change});
  commands_.add({"stop", "", "forward nothing until `start`; health is watched on",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   return set_forwarding(false);
                 },
                 Rights::change});
}

void Router::tell_of_administrator(EventKind kind, const std::string& subject,
                                   const std::string& command, const std::string& state) {
  events_.add(clock_.now(), {.kind = kind,
                             .severity = state == "stopped" ? Severity::warning : Severity::info,
                             .subject = subject,
                             .text = "administrator: " + command,
                             .facts = {{"state", state}, {"cause", "administrator"}}});
}

Answer Router::set_forwarding(bool forwarding) {
  const std::string was = forwarding ? "forwarding\n" : "forwarding is stopped\n";
  if (forwarding == forwarding_) return {true, "already " + was};
  forwarding_ = forwarding;
  workers_->publish(snapshot_of(*config_));
  tell_of_administrator(EventKind::start, "",
                        forwarding ? "forwarding again" : "forwarding is stopped until `start`",
                        forwarding ? "started" : "stopped");
  return {true, was};
}

void Router::add_connection_commands() {
  const ConnectionDesk desk{[this](const ConnectionQuery& query) { return surveys_->open(query); },
                            [this] { return config_; }, [this] { return clock_.now(); }};
  spillway::add_connection_commands(commands_, desk);
  add_explain_command(commands_, desk, [this](const FlowKey& key) {
    const ActiveWord word = workers_->active().load();
    const TimePoint now = clock_.now();
    const PlacementBudget budget = workers_->budget_for(key, word);
    return explain({*config_, workers_->context_of(budget, word, now),
                    workers_->connections_of(key.src), steering_->view(now)},
                   key);
  });
}

CaptureDesk Router::capture_desk() {
  CaptureDesk desk;
  desk.publish = [this](std::shared_ptr<const CaptureOrder> order) { publish(std::move(order)); };
  desk.rounds = [this] { return workers_->rounds(); };
  desk.now = [this] { return clock_.now(); };
  desk.wall_ns = [] {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  for (const RouterPort& port : ports_.all()) desk.ports.push_back(port.name);
  for (const config::Lan& lan : config_->lans)
    desk.longest_frame =
        std::max<std::uint32_t>(desk.longest_frame, std::uint32_t{lan.mtu} + kEtherHeader);
  for (const config::Uplink& uplink : config_->uplinks)
    desk.longest_frame = std::max<std::uint32_t>(desk.longest_frame, uplink.mtu + kEtherHeader);
  desk.workers = static_cast<unsigned>(workers_->links().size());
  return desk;
}

}  // namespace spillway
