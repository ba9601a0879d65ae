#pragma once

#include <string>

#include "control/replay/report/report.h"

namespace spillway::replay {

/// The report as JSON (docs/replay-report.md), with a newline at the end. Thread contract: any.
std::string to_json(const Report& report);

/// The report for a terminal.
std::string to_text(const Report& report);

/// The report as one page that needs nothing else: no script, no other file.
std::string to_html(const Report& report);

}  // namespace spillway::replay
