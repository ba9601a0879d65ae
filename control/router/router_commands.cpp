// What the router itself does when it is told to.

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>

#include "control/commands/event_commands.h"
#include "control/commands/uplink_commands.h"
#include "control/connections/connection_commands.h"
#include "control/connections/explain_command.h"
#include "control/router/router.h"

namespace spillway {

void Router::add_commands() {
  commands_.add({"reload", "", "read the configuration file again",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   return reload();
                 },
                 Rights::change});
  commands_.add({"show counters", "[--json]", "packets by port, drops by reason",
                 [this](Arguments& arguments) {
                   const bool json = arguments.flag("--json");
                   arguments.finish("--json");
                   return Answer{true, json ? to_json(totals()) : to_text(totals())};
                 }});
  add_event_commands(commands_, events_);
  add_uplink_commands(commands_, [this] { return steering_->view(clock_.now()); });
  add_connection_commands();
  commands_.add({"stop", "", "end the router, as SIGTERM does",
                 [this](Arguments& arguments) {
                   arguments.finish("");
                   boost::asio::post(loop_, [] { std::raise(SIGTERM); });
                   return Answer{true, "stopping\n"};
                 },
                 Rights::change});
  commands_.add({"help", "", "what this router knows", [this](Arguments& arguments) {
                   arguments.finish("");
                   return Answer{true, commands_.help()};
                 }});
}

void Router::add_connection_commands() {
  const ConnectionDesk desk{[this](const ConnectionQuery& query) { return surveys_->open(query); },
                            [this] { return config_; }, [this] { return clock_.now(); }};
  spillway::add_connection_commands(commands_, desk);
  add_explain_command(commands_, desk, [this](const FlowKey& key) {
    const ActiveWord word = workers_->active().load();
    const TimePoint now = clock_.now();
    return explain({*config_, workers_->context_for(key, word, now),
                    workers_->connections_of(key.src), steering_->view(now)},
                   key);
  });
}

}  // namespace spillway
