#pragma once
// The figures of docs/steering.md.

#include <string>

namespace spillway::simulation {

/// Real traffic through two uplinks at several loads, and through more of them. Markdown.
std::string table_of_real_traffic();
std::string table_of_several_uplinks();
/// Switches per minute at loads that do not change.
std::string table_of_constant_loads();
/// Sixty connections within half a second.
std::string table_of_a_burst();
/// An outage, a line that becomes slow, a control core that is stuck.
std::string table_of_faults();

/// Two uplinks while the load rises and falls, under three ways to steer. SVG.
std::string picture();

}  // namespace spillway::simulation
