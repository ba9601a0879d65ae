#pragma once

#include <span>
#include <string>

#include "control/commands/command_table.h"
#include "control/events/event_log.h"

namespace spillway {

/// `show events`; `events` must outlive the table.
void add_event_commands(CommandTable& table, const EventLog& events);

/// One line each: number, wall clock, kind, what happened.
std::string events_to_text(std::span<const Event> events);
std::string events_to_json(std::span<const Event> events);

}  // namespace spillway
