#pragma once

#include <memory>
#include <string>

#include "control/log/terminal_log.h"

namespace spillway {

/// Log to standard error, a line each: time, level, text; or as the systemd journal wants it, where
/// that listens. DPDK's own messages go the same way, from `warning` on. Call once, before the EAL
/// starts. Control only.
void start_log();
/// The same at a terminal where somebody will type.
void start_log(std::shared_ptr<TerminalLog> terminal);

/// From which level on messages are written: "trace", "debug", "info", "warning" or "error".
/// Thread contract: any.
void set_log_level(const std::string& level);

/// Why the program ends, on standard error, whether there is a log or not. Thread contract: any.
void complain(const std::string& text);

/// DPDK's first message of level `error` since the last call: the reason behind a bare error
/// number; those that follow only say that something failed. Thread contract: any.
std::string first_dpdk_error();

}  // namespace spillway
