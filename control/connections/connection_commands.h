#pragma once

#include <functional>
#include <memory>

#include "control/commands/command_table.h"
#include "control/config/config.h"
#include "control/connections/patience.h"
#include "control/connections/row_source.h"

namespace spillway {

/// What commands about connections need to know of the router.
struct ConnectionDesk {
  AskConnections ask;
  /// The configuration in force; an answer under way keeps the one that it began with.
  std::function<std::shared_ptr<const config::Config>()> config;
  Now now;
};

/// `show connections`, `show connections count`, `clear connections`.
void add_connection_commands(CommandTable& table, const ConnectionDesk& desk);

/// Asks the workers. Throws CommandError when too many are asking.
std::unique_ptr<RowSource> ask_workers(const ConnectionDesk& desk, const ConnectionQuery& query);

}  // namespace spillway
