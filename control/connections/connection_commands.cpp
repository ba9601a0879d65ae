#include "control/connections/connection_commands.h"

#include <fmt/format.h>

#include <charconv>

#include "control/connections/connection_list.h"
#include "control/connections/filter_words.h"

namespace spillway {
namespace {

std::string allowed_words(const char* more) {
  return std::string(kFilterHelp) + more;
}

std::size_t limit_of(const std::string& word, std::size_t most) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), limit);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  if (!whole || limit == 0 || limit > most)
    throw CommandError(
        fmt::format("limit: found \"{}\"; allowed: a number from 1 to {}", word, most));
  return limit;
}

ConnectionFormat format_of(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const auto named = arguments.after("format");
  if (!named) return json ? ConnectionFormat::json : ConnectionFormat::table;
  if (*named == "conntrack" && !json) return ConnectionFormat::conntrack;
  throw CommandError(
      fmt::format("format: found \"{}\"; allowed: conntrack, without --json", *named));
}

ListOptions options_of(Arguments& arguments) {
  ListOptions options;
  options.format = format_of(arguments);
  if (const auto word = arguments.after("sort")) {
    options.sort = parse_sort_key(*word);
    if (!options.sort)
      throw CommandError(fmt::format(
          "sort: found \"{}\"; allowed: bytes, packets, age, timeout, src, dst", *word));
    options.limit = ListOptions::kUsualSorted;
  }
  if (const auto word = arguments.after("limit"))
    options.limit = limit_of(*word, options.sort ? ListOptions::kMostSorted : 1'000'000'000);
  return options;
}

/// A number, once all workers have answered.
class ConnectionNumber final : public AnswerRest {
 public:
  /// `json` and `text`: what is said, with a place for the number.
  ConnectionNumber(std::unique_ptr<RowSource> rows, Now now, std::string format)
      : rows_(std::move(rows)), patience_(std::move(now)), format_(std::move(format)) {}

  bool append_to(std::string& text) override {
    ConnectionRow none;
    const bool moved = rows_->take(std::span(&none, 1)) > 0;
    if (rows_->done()) {
      text += fmt::format(fmt::runtime(format_), rows_->matched());
      return false;
    }
    if (!patience_.is_over(moved)) return true;
    text += fmt::format("{}\n", Patience::kOver);
    return false;
  }

 private:
  std::unique_ptr<RowSource> rows_;
  Patience patience_;
  std::string format_;
};

Answer show(const ConnectionDesk& desk, Arguments& arguments) {
  const auto config = desk.config();
  const ListOptions options = options_of(arguments);
  ConnectionQuery query;
  query.filter = take_filter(arguments, *config).filter;
  arguments.finish(allowed_words(" [sort KEY] [limit N] [format conntrack] [--json]"));
  return {true, "",
          std::make_unique<ConnectionList>(ask_workers(desk, query), options, config, desk.now)};
}

Answer count(const ConnectionDesk& desk, Arguments& arguments) {
  const bool json = arguments.flag("--json");
  ConnectionQuery query;
  query.kind = ConnectionQuery::Kind::count;
  query.filter = take_filter(arguments, *desk.config()).filter;
  arguments.finish(allowed_words(" [--json]"));
  return {true, "",
          std::make_unique<ConnectionNumber>(ask_workers(desk, query), desk.now,
                                             json ? "{{\"connections\": {}}}\n" : "{}\n")};
}

Answer clear(const ConnectionDesk& desk, Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const bool all = arguments.flag("all");
  ConnectionQuery query;
  query.kind = ConnectionQuery::Kind::clear;
  const NamedConnections named = take_filter(arguments, *desk.config());
  query.filter = named.filter;
  arguments.finish(allowed_words(", or all; [--json]"));
  if (named.all != all)
    throw CommandError(fmt::format("found {}; allowed: {}, or all",
                                   all ? "all beside a filter" : "no filter", kFilterHelp));
  return {
      true, "",
      std::make_unique<ConnectionNumber>(ask_workers(desk, query), desk.now,
                                         json ? "{{\"ended\": {}}}\n" : "connections ended: {}\n")};
}

}  // namespace

std::unique_ptr<RowSource> ask_workers(const ConnectionDesk& desk, const ConnectionQuery& query) {
  auto rows = desk.ask(query);
  if (rows == nullptr)
    throw CommandError(
        fmt::format("found {} others that look at connections; allowed: {} at a time, try again",
                    kAskers, kAskers));
  return rows;
}

void add_connection_commands(CommandTable& table, const ConnectionDesk& desk) {
  const std::string filter = kFilterHelp;
  table.add({"show connections", "[FILTER] [sort KEY] [limit N] [format conntrack] [--json]",
             "connections; FILTER: " + filter,
             [desk](Arguments& arguments) { return show(desk, arguments); }});
  table.add({"show connections count", "[FILTER] [--json]", "how many there are",
             [desk](Arguments& arguments) { return count(desk, arguments); }});
  table.add({"clear connections", "FILTER | all [--json]",
             "end connections; TCP hosts of ours get a reset",
             [desk](Arguments& arguments) { return clear(desk, arguments); }, Rights::change});
}

}  // namespace spillway
