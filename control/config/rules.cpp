// Policy rules and port forwards.

#include <algorithm>
#include <charconv>

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

constexpr char kPrefixForm[] = "an address or a prefix without host bits, such as \"192.0.2.0/24\"";
constexpr char kPortsForm[] = "a port, or a range such as \"8000-8010\"";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || at != end) return std::nullopt;
  return port;
}

std::optional<PortRange> parse_ports(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{*first, *last};
}

/// An integer or text: 80, "80", "8000-8010".
std::optional<PortRange> read_ports(Section& section, const char* key) {
  if (!section.has(key)) {
    section.parsed(key, parse_ports, kPortsForm);
    return std::nullopt;
  }
  if (section.is_number(key)) {
    const auto port = section.integer(key, 0, 65535);
    if (!port) return std::nullopt;
    return PortRange{static_cast<std::uint16_t>(*port), static_cast<std::uint16_t>(*port)};
  }
  return section.parsed(key, parse_ports, kPortsForm);
}

struct ProtocolWord {
  std::optional<IpProto> protocol;  ///< nothing: any
};

std::optional<ProtocolWord> parse_protocol(std::string_view text) {
  if (text == "any") return ProtocolWord{};
  if (text == "tcp") return ProtocolWord{IpProto::tcp};
  if (text == "udp") return ProtocolWord{IpProto::udp};
  if (text == "icmp") return ProtocolWord{IpProto::icmp};
  const auto number = parse_port(text);
  if (!number || *number > 255) return std::nullopt;
  return ProtocolWord{static_cast<IpProto>(*number)};
}

void check_uplink(Section& section, const char* key, const std::string& name,
                  const Config& config) {
  if (config.find_uplink(name)) return;
  std::string names;
  for (const Uplink& uplink : config.uplinks) names += (names.empty() ? "" : ", ") + uplink.name;
  section.mistake(key, "found \"" + name + "\"; allowed: " + names);
}

void read_action(Section& section, const Config& config, PolicyRule& rule) {
  const int actions =
      int{section.has("uplink")} + int{section.has("group")} + int{section.has("action")};
  if (const auto name = section.text("uplink")) {
    check_uplink(section, "uplink", *name, config);
    rule.uplinks.push_back(*name);
  }
  section.each_text("group", [&](const std::string& name) {
    check_uplink(section, "group", name, config);
    rule.uplinks.push_back(name);
  });
  if (section.has("group") && rule.uplinks.empty()) section.reject("group", "at least one uplink");
  rule.drop = section.choice<bool>("action", {{"drop", true}}).value_or(false);
  if (actions != 1)
    section.mistake("uplink", "found " + std::to_string(actions) +
                                  " actions; allowed: exactly one of uplink, group, action");
}

PolicyRule read_rule(Section& section, const Config& config) {
  PolicyRule rule;
  rule.where = section.where();
  rule.name = section.text("name").value_or("");
  rule.from = section.parsed("from", parse_prefix, kPrefixForm).value_or(Ipv4Prefix{});
  rule.to = section.parsed("to", parse_prefix, kPrefixForm).value_or(Ipv4Prefix{});
  if (const auto word = section.parsed("protocol", parse_protocol,
                                       "any, tcp, udp, icmp, or a number as text such as \"47\""))
    rule.protocol = word->protocol;
  rule.from_ports = read_ports(section, "from_ports").value_or(PortRange{});
  rule.to_ports = read_ports(section, "to_ports").value_or(PortRange{});
  const bool ports = section.has("from_ports") || section.has("to_ports");
  if (ports && rule.protocol && *rule.protocol != IpProto::tcp && *rule.protocol != IpProto::udp)
    section.reject("protocol", "tcp, udp or any where a rule names ports");
  read_action(section, config, rule);
  return rule;
}

bool overlap(const PortForward& a, const PortForward& b) {
  const bool same_uplink = a.uplink.empty() || b.uplink.empty() || a.uplink == b.uplink;
  return same_uplink && a.protocol == b.protocol && a.ports.first <= b.ports.last &&
         b.ports.first <= a.ports.last;
}

/// A host in a LAN, or in a network behind one.
bool on_lan_side(const Config& config, Ipv4Addr a) {
  if (config.lan_of(a)) return true;
  const auto routes = config.lan_routes();
  return std::any_of(routes.begin(), routes.end(),
                     [&](const Route& r) { return r.to.contains(a); });
}

void read_target(Section& section, const Config& config, PortForward& forward) {
  constexpr char form[] = "the address of a host in a LAN";
  section.require("to", form);
  if (const auto to = section.parsed("to", parse_ipv4, form)) {
    forward.to = *to;
    if (!on_lan_side(config, *to)) section.reject("to", form);
  }
  const unsigned count = forward.ports.last - forward.ports.first + 1u;
  forward.to_port = static_cast<std::uint16_t>(
      section.integer("to_port", 1, 65536u - count).value_or(forward.ports.first));
}

PortForward read_forward(Section& section, const Config& config) {
  PortForward forward;
  forward.where = section.where();
  forward.uplink = section.text("uplink").value_or("");
  if (!forward.uplink.empty()) check_uplink(section, "uplink", forward.uplink, config);
  section.require("protocol", "tcp, udp");
  forward.protocol =
      section.choice<IpProto>("protocol", {{"tcp", IpProto::tcp}, {"udp", IpProto::udp}})
          .value_or(IpProto::tcp);
  section.require("ports", kPortsForm);
  forward.ports = read_ports(section, "ports").value_or(PortRange{1, 1});
  if (forward.ports.first == 0) section.reject("ports", "ports from 1");
  read_target(section, config, forward);
  for (const PortForward& other : config.port_forwards)
    if (overlap(other, forward))
      section.mistake("ports", "overlaps the forward at line " + std::to_string(other.where.line) +
                                   "; allowed: ports that no other forward has");
  return forward;
}

LocalService read_service(Section& section, const Config& config) {
  LocalService service;
  service.where = section.where();
  service.uplink = section.text("uplink").value_or("");
  if (!service.uplink.empty()) check_uplink(section, "uplink", service.uplink, config);
  section.require("protocol", "tcp, udp, icmp");
  const Words<IpProto> protocols = {
      {"tcp", IpProto::tcp}, {"udp", IpProto::udp}, {"icmp", IpProto::icmp}};
  service.protocol = section.choice("protocol", protocols).value_or(IpProto::tcp);
  const auto ports = read_ports(section, "ports");
  service.ports = ports.value_or(PortRange{});
  if (service.protocol == IpProto::icmp && section.has("ports"))
    section.reject("ports", "none for icmp, which is echo");
  if (service.protocol != IpProto::icmp) section.require("ports", kPortsForm);
  return service;
}

}  // namespace

void read_policy(Section& root, Config& config) {
  root.each_group("policy",
                  [&](Section& section) { config.policy.push_back(read_rule(section, config)); });
}

void read_port_forwards(Section& root, Config& config) {
  root.each_group("port_forwards", [&](Section& section) {
    config.port_forwards.push_back(read_forward(section, config));
  });
}

void read_local_services(Section& root, Config& config) {
  root.each_group("local_services", [&](Section& section) {
    config.local_services.push_back(read_service(section, config));
  });
  if (!root.has("local_services")) {
    LocalService echo;
    echo.protocol = IpProto::icmp;
    config.local_services.push_back(std::move(echo));
  }
}

}  // namespace spillway::config
