// LAN sides and uplinks.

#include <algorithm>

#include "control/config/parts.h"
#include "control/config/port_name.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

constexpr std::uint64_t kLeastMtu = 576;  // RFC 791: what every host must accept
constexpr std::uint64_t kMostMtu = 9600;
constexpr char kInterfaceForm[] = "an address with its prefix length, such as \"192.0.2.1/24\"";
constexpr char kAddressForm[] = "an IPv4 address, such as \"192.0.2.1\"";

bool same_network(const Ipv4Interface& a, const Ipv4Interface& b) {
  return a.network().contains(b.address) || b.network().contains(a.address);
}

bool is_host_address(const Ipv4Interface& i) {
  const Ipv4Prefix network = i.network();
  const std::uint32_t top = i.address.host() >> 24;
  if (top == 0 || top == 127 || top >= 224) return false;
  return network.length >= 31 || (i.address != network.base && i.address != network.broadcast());
}

constexpr char kPortForm[] =
    "a Linux interface such as \"eth1\", a PCI address such as \"0000:03:00.0\", or a DPDK device "
    "such as \"net_tap0,iface=x\"";

/// The device, and which of its frames are this side's.
template <typename Side>
void read_port(Section& section, Side& side) {
  section.require("port", kPortForm);
  const auto port = section.text("port");
  if (port && !parse_port_name(*port)) section.reject("port", kPortForm);
  side.port = port.value_or("");
  constexpr std::uint64_t most = 4094;  // IEEE 802.1Q 9.6: 0 is no VLAN, 4095 is reserved
  side.vlan = static_cast<std::uint16_t>(section.integer("vlan", 1, most).value_or(0));
  side.tap = section.boolean("tap").value_or(true);
  if (side.tap && !side.name.empty() && !is_interface_name(side.name))
    section.mistake("name", "\"" + side.name +
                                "\" cannot name the companion interface; allowed: 1 to 15 "
                                "characters without blanks, '/' and ':', or tap = false");
}

/// What LANs and uplinks have in common. Reports names, ports and networks that are used twice.
template <typename Side>
void read_side(Section& section, const Config& config, Side& side) {
  side.where = section.where();
  section.require("name", "a name");
  section.require("address", kInterfaceForm);
  side.name = section.text("name").value_or("");
  read_port(section, side);
  side.mac = section.parsed("mac", parse_mac, "a MAC address, such as \"02:00:00:00:00:01\"");
  if (side.mac && side.mac->is_group())
    section.mistake("mac", "is a group address; allowed: a station's");
  side.mtu =
      static_cast<std::uint16_t>(section.integer("mtu", kLeastMtu, kMostMtu).value_or(side.mtu));
  if (const auto address = section.parsed("address", parse_interface, kInterfaceForm)) {
    side.address = *address;
    if (!is_host_address(*address))
      section.reject("address", "a host's address, not that of a network or a group");
  }
  const auto clash = [&](const auto& other) {
    if (other.name == side.name && section.has("name"))
      section.mistake("name", "\"" + side.name + "\" is used already at line " +
                                  std::to_string(other.where.line) + "; allowed: another name");
    if (section.has("address") && same_network(other.address, side.address))
      section.mistake("address", "overlaps " + to_string(other.address) + " of " + other.name +
                                     "; allowed: a network of its own");
    if (!section.has("port") || !same_port(other.port, side.port)) return;
    if (other.mac && side.mac && *other.mac != *side.mac)
      section.mistake("mac", "is another one than that of " + other.name +
                                 " on the same port; allowed: one address for each port");
    if (other.vlan == side.vlan)
      section.mistake("port", "\"" + side.port + "\" is used already by " + other.name +
                                  "; allowed: a port or a vlan of its own");
  };
  std::for_each(config.lans.begin(), config.lans.end(), clash);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), clash);
}

void read_gateway(Section& section, Uplink& uplink) {
  section.require("gateway", kAddressForm);
  const auto gateway = section.parsed("gateway", parse_ipv4, kAddressForm);
  if (!gateway) return;
  uplink.gateway = *gateway;
  if (*gateway == uplink.address.address)
    section.reject("gateway", "another address than the uplink's own");
  else if (!uplink.address.network().contains(*gateway))
    section.reject("gateway", "an address in " + to_string(uplink.address.network()));
}

void read_threshold(Section& section, Uplink& uplink) {
  section.group("threshold", [&](Section& s) {
    Threshold threshold;
    threshold.traffic = s.choice("traffic", kTraffics).value_or(Traffic::received);
    s.require("spill_above", "a rate, or a part of the capacity such as \"80%\"");
    const auto read = [&](const char* key) {
      return s.rate_or_share(key, uplink, threshold.traffic);
    };
    threshold.spill_above = read("spill_above").value_or(RateLimit::both({1}));
    threshold.return_below = read("return_below").value_or(threshold.spill_above);
    if (threshold.return_below.rx > threshold.spill_above.rx ||
        threshold.return_below.tx > threshold.spill_above.tx)
      s.reject("return_below",
               "at most spill_above, " +
                   std::to_string(threshold.spill_above.of(threshold.traffic).value));
    uplink.threshold = threshold;
  });
}

void read_uplink(Section& section, const HealthSettings& usual, Config& config) {
  Uplink uplink;
  uplink.health = usual;
  read_side(section, config, uplink);
  read_gateway(section, uplink);
  uplink.table = section.text("table").value_or(uplink.name + "_Route");
  if (uplink.table == "main") section.reject("table", "a name other than \"main\"");
  for (const Uplink& other : config.uplinks)
    if (other.table == uplink.table)
      section.mistake("table", "\"" + uplink.table + "\" belongs to " + other.name +
                                   "; allowed: a table of its own");
  uplink.masquerade = section.boolean("masquerade").value_or(true);
  uplink.distance = static_cast<unsigned>(
      section.integer("distance", 1, 255).value_or(config.uplinks.size() + 1));
  uplink.weight = static_cast<std::uint32_t>(section.integer("weight", 0, 65535).value_or(1));
  section.group("capacity", [&](Section& s) {
    uplink.capacity_rx = s.rate("rx");
    uplink.capacity_tx = s.rate("tx");
  });
  read_threshold(section, uplink);
  read_probes(section, uplink.health);
  config.uplinks.push_back(std::move(uplink));
}

}  // namespace

void read_lans(Section& root, Config& config) {
  root.require("lan", "a group: { name, port, address }, or a list of such groups");
  root.each_group("lan", [&](Section& section) {
    Lan lan;
    read_side(section, config, lan);
    config.lans.push_back(std::move(lan));
  });
  if (root.has("lan") && config.lans.empty()) root.reject("lan", "at least one LAN");
  constexpr std::size_t most = 16;  // ports are counted in 32 places, half of them for uplinks
  if (config.lans.size() > most) root.reject("lan", "at most 16 LANs");
}

void read_uplinks(Section& root, Config& config) {
  root.require("uplinks", "a list of groups: ( { name, port, address, gateway }, ... )");
  HealthSettings usual;
  read_probes(root, usual);
  root.each_group("uplinks", [&](Section& section) { read_uplink(section, usual, config); });
  if (root.has("uplinks") && config.uplinks.empty()) root.reject("uplinks", "at least one uplink");
  if (config.uplinks.size() > kMaxUplinks) {
    root.reject("uplinks", "at most " + std::to_string(kMaxUplinks) + " uplinks");
    config.uplinks.resize(kMaxUplinks);
  }
}

}  // namespace spillway::config
