#include "control/connections/explain_command.h"

#include <fmt/format.h>

#include <array>

#include "control/commands/json_text.h"
#include "control/config/words.h"
#include "control/connections/connection_formats.h"
#include "control/connections/connection_words.h"

namespace spillway {
namespace {

constexpr std::size_t kMostShown = 10;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json json_of(const CandidateView& c) {
  const UplinkView& u = c.uplink;
  Json json = {
      {"name", u.name},           {"candidate", c.candidate},   {"chosen", c.chosen},
      {"health", u.health},       {"reason", u.reason},         {"active", u.active},
      {"usable", u.usable},       {"overloaded", u.overloaded}, {"rx_bps", u.rate.rx.value},
      {"tx_bps", u.rate.tx.value}};
  json["spill_above"] =
      u.threshold ? Json(u.threshold->spill_above.of(u.threshold->traffic).value) : Json();
  json["load"] = c.load ? Json(*c.load) : Json();
  json["headroom"] = c.headroom ? Json(*c.headroom) : Json();
  return json;
}

Json json_of(const Explanation& e) {
  const FlowKey& k = e.key;
  const Placement& p = e.placement;
  const bool forwarded = p.kind == PlacementKind::forward && !e.drop;
  Json json = {{"protocol", protocol_name(k.proto)},
               {"source", endpoint_name(k.src, k.src_port)},
               {"destination", endpoint_name(k.dst, k.dst_port)},
               {"from", e.from},
               {"verdict", e.drop ? "drop" : name_of(p.kind)},
               {"drop", e.drop ? Json(name_of(*e.drop)) : Json()},
               {"step", name_of(p.step)},
               {"choice", e.mode.empty() ? Json() : Json(name_of(p.choice))},
               {"because", e.because}};
  json["rule"] =
      e.rule
          ? Json{{"name", e.rule->name}, {"file", e.rule->where.file}, {"line", e.rule->where.line}}
          : Json();
  json["mode"] = text_or_null(e.mode);
  json["candidates"] = Json::array();
  for (const CandidateView& c : e.candidates) json["candidates"].push_back(json_of(c));
  json["mark"] = text_or_null(e.mark);
  json["uplink"] = text_or_null(e.uplink);
  json["port"] = text_or_null(e.egress);
  const bool hops = forwarded && p.next_hop != Ipv4Addr{};
  json["next_hop"] = hops ? Json(to_string(p.next_hop)) : Json();
  json["translated_source"] =
      forwarded && p.translate_source ? Json(to_string(p.translated.src)) : Json();
  const bool dst = forwarded && (p.translated.dst != k.dst || p.translated.dst_port != k.dst_port);
  json["translated_destination"] =
      dst ? Json(endpoint_name(p.translated.dst, p.translated.dst_port)) : Json();
  return json;
}

/// The same packet's connection, or all that fit when the source port is not known.
ConnectionQuery query_for(const ExplainQuestion& question) {
  ConnectionQuery query;
  const FlowKey& key = question.key;
  query.key = key;
  query.kind = ConnectionQuery::Kind::find;
  if (!question.port_assumed) return query;
  query.kind = ConnectionQuery::Kind::list;
  query.filter.proto = static_cast<std::uint8_t>(key.proto);
  query.filter.source = Ipv4Prefix{key.src, 32};
  query.filter.destination = Ipv4Prefix{key.dst, 32};
  query.filter.destination_port = key.dst_port.host();
  return query;
}

/// Waits for what workers know of such connections, then says all at once.
class ExplainAnswer final : public AnswerRest {
 public:
  ExplainAnswer(const ConnectionDesk& desk, const ExplainQuestion& question, Explanation dry,
                bool json)
      : config_(desk.config()),
        patience_(desk.now),
        question_(question),
        dry_(std::move(dry)),
        json_(json),
        living_(ask_workers(desk, query_for(question))) {
    if (!may_be_taken()) return;
    ConnectionQuery query;
    query.kind = ConnectionQuery::Kind::find;
    query.key = reversed(dry_.placement.translated, dry_.placement.reply_zone);
    taken_ = ask_workers(desk, query);
  }

  bool append_to(std::string& text) override {
    const bool living_moved = read(*living_, rows_);
    const bool moved = (taken_ && read(*taken_, holders_)) || living_moved;
    const bool done = living_->done() && (!taken_ || taken_->done());
    const bool over = !done && patience_.is_over(moved);
    if (!done && !over) return true;
    if (json_)
      text += json_text(json(over));
    else
      text += explanation_to_text(dry_) + port_text() + living_text(over);
    return false;
  }

 private:
  bool may_be_taken() const {
    return dry_.placement.kind == PlacementKind::forward && !dry_.drop &&
           dry_.placement.translate_source && !dry_.promised && !question_.port_assumed;
  }

  bool read(RowSource& from, std::vector<ConnectionRow>& rows) {
    std::array<ConnectionRow, 64> room;
    const std::size_t n = from.take(room);
    for (std::size_t i = 0; i < n && rows.size() < kMostShown; ++i) rows.push_back(room[i]);
    return n > 0;
  }

  /// Whether the source port stays; nothing where that cannot be told.
  std::optional<bool> keeps_port() const {
    if (dry_.promised) return false;
    if (!may_be_taken() || !taken_->done()) return std::nullopt;
    return holders_.empty() || holders_.front().original == dry_.key;
  }

  std::string port_text() const {
    const auto keeps = keeps_port();
    if (!keeps) return "";
    const std::uint16_t port = dry_.key.src_port.host();
    if (*keeps) return fmt::format("  source port: {} stays, it is free\n", port);
    return fmt::format("  source port: another one, {} is {}\n", port,
                       dry_.promised ? "the router's own there" : "taken");
  }

  std::string living_text(bool over) const {
    if (over) return fmt::format("connections: {}\n", Patience::kOver);
    if (rows_.empty()) return "connections: no such one lives\n";
    std::string text =
        fmt::format("connections: {} such, on their uplink until they end:\n", living_->matched());
    for (const ConnectionRow& row : rows_) text += "  " + living_line(row);
    return text;
  }

  std::string living_line(const ConnectionRow& row) const {
    const std::string uplink = uplink_of_row(row, *config_);
    std::string text = fmt::format(
        "{} {} -> {}: {}, {}, {} for {}", protocol_name(row.original.proto),
        endpoint_name(row.original.src, row.original.src_port),
        endpoint_name(row.original.dst, row.original.dst_port), mark_of(row, *config_),
        uplink.empty() ? "no uplink" : uplink, state_name(row.state), clock_text(row.age_ms));
    const std::string source = source_translation(row);
    const std::string destination = destination_translation(row);
    if (!source.empty()) text += ", source " + source;
    if (!destination.empty()) text += ", destination " + destination;
    return text + "\n";
  }

  Json json(bool over) const {
    Json json = json_of(dry_);
    const auto keeps = keeps_port();
    json["source_port_kept"] = keeps ? Json(*keeps) : Json();
    json["source_port_assumed"] = question_.port_assumed;
    json["connections"] = Json::array();
    for (const ConnectionRow& row : rows_)
      json["connections"].push_back(Json::parse(connection_json(row, *config_)));
    json["connections_matched"] = over ? Json() : Json(living_->matched());
    return json;
  }

  std::shared_ptr<const config::Config> config_;
  Patience patience_;
  ExplainQuestion question_;
  Explanation dry_;
  bool json_;
  std::unique_ptr<RowSource> living_;  ///< such connections
  std::unique_ptr<RowSource> taken_;   ///< who has the port; null: not asked
  std::vector<ConnectionRow> rows_;
  std::vector<ConnectionRow> holders_;
};

}  // namespace

void add_explain_command(CommandTable& table, const ConnectionDesk& desk,
                         std::function<Explanation(const FlowKey&)> now) {
  table.add({"explain", "PROTO SRC[:PORT] DST[:PORT] [from lan|router|uplink NAME] [--json]",
             "why such a connection goes where it goes",
             [desk, now = std::move(now)](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               const ExplainQuestion question = take_packet(arguments, *desk.config());
               return Answer{
                   true, "",
                   std::make_unique<ExplainAnswer>(desk, question, now(question.key), json)};
             }});
}

}  // namespace spillway
