#include "control/connections/connection_words.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "control/config/mark_name.h"

namespace spillway {
namespace {

constexpr std::array<std::string_view, kConnStates> kStates = {
    "syn-sent",  "syn-received", "established", "fin-wait",   "close-wait", "last-ack",
    "time-wait", "close",        "udp",         "udp-stream", "icmp",       "generic"};

}  // namespace

std::optional<IpProto> parse_protocol(std::string_view word) {
  for (const IpProto known : {IpProto::icmp, IpProto::tcp, IpProto::udp})
    if (word == protocol_name(known)) return known;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  if (!whole || number < 1 || number > 255) return std::nullopt;
  return static_cast<IpProto>(number);
}

std::string_view state_name(ConnState state) {
  return kStates[index_of(state)];
}

std::optional<ConnState> parse_state(std::string_view word) {
  std::string plain(word);
  for (char& c : plain)
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (plain.starts_with("tcp-")) plain.erase(0, 4);
  if (plain == "syn-recv") plain = "syn-received";
  const auto* at = std::find(kStates.begin(), kStates.end(), plain);
  if (at == kStates.end()) return std::nullopt;
  return static_cast<ConnState>(at - kStates.begin());
}

std::string state_names() {
  std::string all;
  for (const std::string_view name : kStates) all += (all.empty() ? "" : ", ") + std::string(name);
  return all;
}

std::string endpoint_name(Ipv4Addr address, L4Port port) {
  return to_string(address) + (port.be != 0 ? ":" + std::to_string(port.host()) : "");
}

std::string mark_of(const ConnectionRow& row, const config::Config& config) {
  const bool has_uplink = index_of(row.uplink) < config.uplinks.size();
  return mark_name(row.mark, has_uplink ? std::optional(row.uplink) : std::nullopt, config);
}

std::string uplink_of_row(const ConnectionRow& row, const config::Config& config) {
  const std::size_t i = index_of(row.uplink);
  return i < config.uplinks.size() ? config.uplinks[i].name : std::string();
}

std::string source_translation(const ConnectionRow& row) {
  const bool same =
      row.reply.dst == row.original.src && row.reply.dst_port == row.original.src_port;
  return same ? "" : endpoint_name(row.reply.dst, row.reply.dst_port);
}

std::string destination_translation(const ConnectionRow& row) {
  const bool same =
      row.reply.src == row.original.dst && row.reply.src_port == row.original.dst_port;
  return same ? "" : endpoint_name(row.reply.src, row.reply.src_port);
}

}  // namespace spillway
