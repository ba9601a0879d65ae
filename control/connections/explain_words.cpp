// What stands behind `explain`.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "control/connections/connection_words.h"
#include "control/connections/explain_command.h"

namespace spillway {
namespace {

constexpr char kAllowed[] = "PROTO SRC[:PORT] DST[:PORT] [from lan|router|uplink NAME] [--json]";
/// The first of those that hosts choose for themselves (RFC 6335 6).
constexpr std::uint16_t kAssumedPort = 49152;

struct Endpoint {
  Ipv4Addr address;
  std::optional<std::uint16_t> port;
};

std::string next_word(Arguments& arguments) {
  auto word = arguments.word();
  if (!word) throw CommandError(fmt::format("found too few words; allowed: {}", kAllowed));
  return std::move(*word);
}

Endpoint endpoint_of(const std::string& word) {
  const std::size_t colon = word.find(':');
  const auto address = parse_ipv4(std::string_view(word).substr(0, colon));
  Endpoint endpoint;
  std::uint16_t port = 0;
  bool right = address.has_value();
  if (right && colon != std::string::npos) {
    const char* last = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data() + colon + 1, last, port);
    right = error == std::errc() && end == last && port != 0;
    endpoint.port = port;
  }
  if (!right)
    throw CommandError(
        fmt::format("found \"{}\"; allowed: an address, or address:port as 9.9.9.9:443", word));
  endpoint.address = *address;
  return endpoint;
}

bool in_list(const config::Config& config, const char* name, Ipv4Addr address) {
  const config::AddressList* list = config.find_list(name);
  return list != nullptr && std::any_of(list->prefixes.begin(), list->prefixes.end(),
                                        [&](const Ipv4Prefix& p) { return p.contains(address); });
}

bool is_own(const config::Config& config, Ipv4Addr address) {
  const auto has = [&](const auto& side) { return side.address.address == address; };
  return std::any_of(config.lans.begin(), config.lans.end(), has) ||
         std::any_of(config.uplinks.begin(), config.uplinks.end(), has);
}

/// Where such a packet would come from, if nobody says.
Zone likely_zone(const config::Config& config, const FlowKey& key) {
  if (is_own(config, key.src)) return Zone::kernel;
  if (in_list(config, "LAN", key.src)) return Zone::lan;
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    if (config.uplinks[i].address.address == key.dst) return zone_of(uplink_id(i));
  return Zone::lan;
}

Zone zone_of_words(const std::string& from, Arguments& arguments, const config::Config& config) {
  if (from == "lan") return Zone::lan;
  if (from == "router") return Zone::kernel;
  if (from != "uplink")
    throw CommandError(fmt::format("from: found \"{}\"; allowed: lan, router, uplink NAME", from));
  const std::string name = next_word(arguments);
  if (const auto id = config.find_uplink(name)) return zone_of(*id);
  std::string names;
  for (const config::Uplink& u : config.uplinks) names += (names.empty() ? "" : ", ") + u.name;
  throw CommandError(fmt::format("from uplink: found \"{}\"; allowed: {}", name, names));
}

}  // namespace

ExplainQuestion take_packet(Arguments& arguments, const config::Config& config) {
  ExplainQuestion question;
  FlowKey& key = question.key;
  const auto from = arguments.after("from");
  const std::string word = next_word(arguments);
  const auto proto = parse_protocol(word);
  if (!proto)
    throw CommandError(
        fmt::format("found \"{}\"; allowed: tcp, udp, icmp, or a number from 1 to 255", word));
  key.proto = *proto;
  const Endpoint source = endpoint_of(next_word(arguments));
  const Endpoint destination = endpoint_of(next_word(arguments));
  key.src = source.address;
  key.dst = destination.address;
  key.zone = from ? zone_of_words(*from, arguments, config) : likely_zone(config, key);
  arguments.finish(kAllowed);
  const bool ports = has_ports(key.proto);
  if (ports && !destination.port)
    throw CommandError(fmt::format("found no port behind {}; allowed: {}:PORT for {}",
                                   to_string(key.dst), to_string(key.dst), word));
  const bool has_id = key.proto == IpProto::icmp;
  if ((!ports && destination.port) || (!ports && !has_id && source.port))
    throw CommandError(fmt::format("found a port; allowed: none for {}{}", word,
                                   has_id ? ", but an identifier behind the source" : ""));
  if (ports) key.dst_port = L4Port::from_host(*destination.port);
  question.port_assumed = (ports || has_id) && !source.port;
  if (ports || has_id) key.src_port = L4Port::from_host(source.port.value_or(kAssumedPort));
  return question;
}

}  // namespace spillway
