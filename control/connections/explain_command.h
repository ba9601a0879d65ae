#pragma once

#include <functional>

#include "control/connections/connection_commands.h"
#include "control/connections/explanation.h"

namespace spillway {

/// `explain`; `now` decides once more, with what the router knows at that moment.
void add_explain_command(CommandTable& table, const ConnectionDesk& desk,
                         std::function<Explanation(const FlowKey&)> now);

/// What a person asked: a packet, of which some may be assumed.
struct ExplainQuestion {
  FlowKey key;
  bool port_assumed = false;  ///< no source port was given
};

/// `PROTO SRC[:PORT] DST[:PORT] [from lan|router|uplink NAME]`. Throws CommandError.
ExplainQuestion take_packet(Arguments& arguments, const config::Config& config);

}  // namespace spillway
