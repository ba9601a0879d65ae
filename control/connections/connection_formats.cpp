#include "control/connections/connection_formats.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "control/connections/connection_words.h"

namespace spillway {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kColumns[] =
    "{:<21}  {:<21}  {:<5}  {:<14}  {:<10}  {:>9}  {:<12}  {:<24}  "
    "{:>10} {:>14}  {:>10} {:>14}  {:>9}\n";

std::string translation_of(const ConnectionRow& row) {
  const std::string source = source_translation(row);
  const std::string destination = destination_translation(row);
  std::string text = source.empty() ? "" : "src " + source;
  if (!destination.empty()) text += (text.empty() ? "dst " : ", dst ") + destination;
  return text;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

std::string_view conntrack_state(ConnState state) {
  constexpr std::string_view names[] = {"SYN_SENT",   "SYN_RECV", "ESTABLISHED", "FIN_WAIT",
                                        "CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",   "CLOSE"};
  return names[index_of(state)];
}

std::string conntrack_protocol(IpProto proto) {
  if (proto == IpProto::tcp || proto == IpProto::udp || proto == IpProto::icmp)
    return protocol_name(proto);
  return proto == static_cast<IpProto>(47) ? "gre" : "unknown";
}

std::string conntrack_side(const FlowKey& key, const PacketBytes& count, bool reply) {
  std::string text = fmt::format("src={} dst={} ", to_string(key.src), to_string(key.dst));
  if (has_ports(key.proto))
    text += fmt::format("sport={} dport={} ", key.src_port.host(), key.dst_port.host());
  if (key.proto == IpProto::icmp)
    text += fmt::format("type={} code=0 id={} ", reply ? 0 : 8,
                        (reply ? key.dst_port : key.src_port).host());
  return text + fmt::format("packets={} bytes={} ", count.packets, count.bytes);
}

bool is_assured(ConnState state) {
  return state == ConnState::udp_stream ||
         (state >= ConnState::tcp_established && state < ConnState::tcp_close);
}

}  // namespace

std::string clock_text(std::uint32_t ms) {
  const std::uint32_t s = ms / 1000;
  return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string table_line(const ConnectionRow& row, const config::Config& config) {
  const FlowKey& key = row.original;
  return fmt::format(
      kColumns, endpoint_name(key.src, key.src_port), endpoint_name(key.dst, key.dst_port),
      protocol_name(key.proto), mark_of(row, config), uplink_of_row(row, config),
      clock_text(row.left_ms), state_name(row.state), translation_of(row), row.count[0].packets,
      row.count[0].bytes, row.count[1].packets, row.count[1].bytes, clock_text(row.age_ms));
}

std::string conntrack_line(const ConnectionRow& row) {
  const FlowKey& key = row.original;
  std::string text = fmt::format("{:<8} {} {} ", conntrack_protocol(key.proto),
                                 static_cast<unsigned>(key.proto), row.left_ms / 1000);
  if (is_tcp(row.state)) text += fmt::format("{} ", conntrack_state(row.state));
  text += conntrack_side(key, row.count[0], false);
  const bool answered = row.count[1].packets > 0;
  if (!answered) text += "[UNREPLIED] ";
  text += conntrack_side(row.reply, row.count[1], true);
  if (answered && is_assured(row.state)) text += "[ASSURED] ";
  const bool has_uplink = row.uplink != UplinkId::none && row.mark != Mark::no_mark;
  return text + fmt::format("mark={} use=1\n", has_uplink ? index_of(row.uplink) + 1 : 0);
}

std::string connection_json(const ConnectionRow& row, const config::Config& config) {
  const FlowKey& key = row.original;
  const Json json = {{"source", to_string(key.src)},
                     {"source_port", key.src_port.host()},
                     {"destination", to_string(key.dst)},
                     {"destination_port", key.dst_port.host()},
                     {"protocol", protocol_name(key.proto)},
                     {"mark", mark_of(row, config)},
                     {"uplink", text_or_null(uplink_of_row(row, config))},
                     {"state", state_name(row.state)},
                     {"timeout_s", row.left_ms / 1000.0},
                     {"translated_source", text_or_null(source_translation(row))},
                     {"translated_destination", text_or_null(destination_translation(row))},
                     {"packets", {row.count[0].packets, row.count[1].packets}},
                     {"bytes", {row.count[0].bytes, row.count[1].bytes}},
                     {"age_s", row.age_ms / 1000.0},
                     {"idle_s", row.idle_ms / 1000.0}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void ConnectionPrinter::begin(std::string& text) const {
  if (format_ == ConnectionFormat::json) text += "{\"connections\": [";
  if (format_ == ConnectionFormat::table)
    text += fmt::format(kColumns, "source", "destination", "proto", "mark", "uplink", "timeout",
                        "state", "translation", "packets", "bytes", "packets", "bytes back", "age");
}

void ConnectionPrinter::row(std::string& text, const ConnectionRow& row) {
  switch (format_) {
    case ConnectionFormat::table:
      text += table_line(row, config_);
      break;
    case ConnectionFormat::json:
      text += (first_ ? "\n  " : ",\n  ") + connection_json(row, config_);
      break;
    case ConnectionFormat::conntrack:
      text += conntrack_line(row);
      break;
  }
  first_ = false;
}

void ConnectionPrinter::end(std::string& text, const ConnectionsShown& shown) const {
  if (format_ == ConnectionFormat::json) {
    const bool all_seen = shown.trouble.empty() && (!shown.cut || !shown.sorted_by.empty());
    const Json last = {{"shown", shown.shown},
                       {"matched", all_seen ? Json(shown.matched) : Json()},
                       {"sorted_by", text_or_null(std::string(shown.sorted_by))},
                       {"trouble", text_or_null(std::string(shown.trouble))}};
    text += "\n], " + last.dump().substr(1) + "\n";
    return;
  }
  // Who asks for conntrack's lines has a program read them.
  if (format_ == ConnectionFormat::conntrack) return;
  if (!shown.trouble.empty())
    text += fmt::format("{} connections, and not all: {}\n", shown.shown, shown.trouble);
  else if (!shown.cut)
    text += fmt::format("{} {}\n", shown.shown, shown.shown == 1 ? "connection" : "connections");
  else if (shown.sorted_by.empty())
    text += fmt::format("{} connections, and there are more; `limit` says how many to show\n",
                        shown.shown);
  else
    text += fmt::format("the first {} of {} connections by {}; `limit` says how many to show\n",
                        shown.shown, shown.matched, shown.sorted_by);
}

}  // namespace spillway
