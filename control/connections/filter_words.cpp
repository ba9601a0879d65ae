#include "control/connections/filter_words.h"

#include <fmt/format.h>

#include <charconv>

#include "control/config/mark_name.h"
#include "control/connections/connection_words.h"

namespace spillway {
namespace {

[[noreturn]] void refuse(std::string_view name, const std::string& found,
                         const std::string& allowed) {
  throw CommandError(fmt::format("{}: found \"{}\"; allowed: {}", name, found, allowed));
}

Ipv4Prefix prefix_of(std::string_view name, const std::string& word) {
  const auto prefix = parse_prefix(word);
  if (!prefix)
    refuse(name, word, "an address or a prefix without bits behind its length, as 10.0.0.0/8");
  return *prefix;
}

std::uint16_t port_of(std::string_view name, const std::string& word) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
  if (error != std::errc() || end != word.data() + word.size() || port == 0)
    refuse(name, word, "a number from 1 to 65535");
  return port;
}

std::uint8_t protocol_of(const std::string& word) {
  const auto proto = parse_protocol(word);
  if (!proto) refuse("proto", word, "tcp, udp, icmp, or a number from 1 to 255");
  return static_cast<std::uint8_t>(*proto);
}

std::uint16_t states_of(const std::string& words) {
  unsigned states = 0;
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find(',', at), words.size());
    const auto state = parse_state(std::string_view(words).substr(at, end - at));
    if (!state) refuse("state", words.substr(at, end - at), state_names());
    states |= 1u << index_of(*state);
    at = end + 1;
  }
  return static_cast<std::uint16_t>(states);
}

std::uint16_t uplink_bit(const std::string& word, const config::Config& config) {
  std::string names;
  for (std::size_t i = 0; i < config.uplinks.size(); ++i) {
    if (config.uplinks[i].name == word) return static_cast<std::uint16_t>(1u << i);
    names += (i == 0 ? "" : ", ") + config.uplinks[i].name;
  }
  refuse("uplink", word, names);
}

/// A mark names an uplink too, where it has one.
void set_mark(ConnectionFilter& filter, const std::string& word, const config::Config& config) {
  std::string names;
  for (std::size_t m = 0; m < kMarks; ++m) {
    const auto mark = static_cast<Mark>(m);
    const bool alone = mark == Mark::no_mark || mark == Mark::lan_to_wan;
    for (std::size_t i = 0; i < (alone ? 1 : config.uplinks.size()); ++i) {
      const std::string name = mark_name(mark, uplink_id(i), config);
      names += (names.empty() ? "" : ", ") + name;
      if (name != word) continue;
      filter.marks = static_cast<std::uint8_t>(1u << m);
      const auto bit = static_cast<std::uint16_t>(1u << i);
      if (!alone && filter.uplinks != 0 && filter.uplinks != bit)
        refuse("mark", word, "one of the uplink that is named beside it");
      if (!alone) filter.uplinks = bit;
      return;
    }
  }
  refuse("mark", word, names);
}

}  // namespace

NamedConnections take_filter(Arguments& arguments, const config::Config& config) {
  NamedConnections named;
  ConnectionFilter& filter = named.filter;
  const auto take = [&](std::string_view name, auto&& use) {
    if (const auto word = arguments.after(name)) {
      use(*word);
      named.all = false;
    }
  };
  take("src", [&](const auto& word) { filter.source = prefix_of("src", word); });
  take("dst", [&](const auto& word) { filter.destination = prefix_of("dst", word); });
  take("addr", [&](const auto& word) { filter.either = prefix_of("addr", word); });
  take("sport", [&](const auto& word) { filter.source_port = port_of("sport", word); });
  take("dport", [&](const auto& word) { filter.destination_port = port_of("dport", word); });
  take("port", [&](const auto& word) { filter.either_port = port_of("port", word); });
  take("proto", [&](const auto& word) { filter.proto = protocol_of(word); });
  take("uplink", [&](const auto& word) { filter.uplinks = uplink_bit(word, config); });
  take("mark", [&](const auto& word) { set_mark(filter, word, config); });
  take("state", [&](const auto& word) { filter.states = states_of(word); });
  return named;
}

}  // namespace spillway
