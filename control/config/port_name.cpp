#include "control/config/port_name.h"

#include <algorithm>
#include <regex>

namespace spillway::config {
namespace {

/// A PCI address, as Linux and DPDK print it; the domain may be left out.
std::optional<std::string> pci_address(std::string text) {
  static const std::regex form("([0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");
  if (!std::regex_match(text, form)) return std::nullopt;
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return text.size() == 7 ? "0000:" + text : text;
}

bool starts_with(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

}  // namespace

bool is_interface_name(std::string_view name) {
  constexpr std::size_t kMost = 15;  // IFNAMSIZ without the final zero
  const auto bad = [](char c) { return c <= ' ' || c == '/' || c == ':' || c == 127; };
  return !name.empty() && name.size() <= kMost && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(), bad);
}

std::optional<PortName> parse_port_name(std::string_view text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string device(text.substr(0, comma));
  const std::string arguments(comma < text.size() ? text.substr(comma + 1) : "");
  if (const auto address = pci_address(device))
    return PortName{PortName::Kind::pci, *address, arguments};
  if (starts_with(device, "net_")) return PortName{PortName::Kind::vdev, device, arguments};
  if (comma < text.size() || !is_interface_name(device)) return std::nullopt;
  return PortName{PortName::Kind::linux, device, ""};
}

std::optional<std::string> PortName::taken_interface() const {
  if (kind == Kind::linux) return device;
  if (!starts_with(device, "net_af_packet") && !starts_with(device, "net_af_xdp"))
    return std::nullopt;
  constexpr std::string_view key = "iface=";
  for (std::string_view rest = arguments; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view argument = rest.substr(0, comma);
    if (starts_with(argument, key)) return std::string(argument.substr(key.size()));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return std::nullopt;
}

bool same_port(std::string_view a, std::string_view b) {
  const auto left = parse_port_name(a);
  const auto right = parse_port_name(b);
  if (!left || !right) return false;
  const auto interface = left->taken_interface();
  return left->device == right->device || (interface && interface == right->taken_interface());
}

}  // namespace spillway::config
