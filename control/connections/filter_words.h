#pragma once

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "dataplane/path/connection_query.h"

namespace spillway {

/// What a person may write to name connections, for help and errors.
inline constexpr char kFilterHelp[] =
    "[src PREFIX] [dst PREFIX] [addr PREFIX] [sport N] [dport N] [port N] [proto NAME] "
    "[mark NAME] [uplink NAME] [state NAME,...]";

/// A filter and whether anything was named by it.
struct NamedConnections {
  ConnectionFilter filter;
  bool all = true;
};

/// Takes a filter's words away. Throws CommandError that names what was found and what is allowed.
NamedConnections take_filter(Arguments& arguments, const config::Config& config);

}  // namespace spillway
