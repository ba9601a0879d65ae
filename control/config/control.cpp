// The control socket and who may use it.

#include "control/config/parts.h"

namespace spillway::config {
namespace {

constexpr std::size_t kLongestPath = 107;  // sun_path, unix(7)

std::optional<std::string> parse_socket(std::string_view text) {
  if (!text.starts_with('/') || text.size() > kLongestPath) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> parse_group(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

}  // namespace

void read_control(Section& root, Config& config) {
  root.group("control", [&](Section& section) {
    ControlSocket& control = config.control;
    constexpr char socket_form[] = "an absolute path of at most 107 bytes";
    control.path = section.parsed("socket", parse_socket, socket_form).value_or(control.path);
    constexpr char group_form[] = "the name of a group";
    control.group = section.parsed("group", parse_group, group_form).value_or("");
    control.admin_group = section.parsed("admin_group", parse_group, group_form).value_or("");
  });
}

}  // namespace spillway::config
