#include "control/cli/offers.h"

#include <algorithm>

#include "control/cli/request.h"
#include "control/commands/command_path.h"

namespace spillway {
namespace {

/// The word that is still being written; empty behind a space.
std::string unfinished(const std::string& line) {
  return line.substr(line.find_last_of(" \t") + 1);  // npos + 1 is 0
}

}  // namespace

std::vector<Offer> parse_offers(std::string_view answer) {
  std::vector<Offer> offers;
  while (!answer.empty()) {
    const std::string_view line = answer.substr(0, answer.find('\n'));
    answer.remove_prefix(std::min(line.size() + 1, answer.size()));
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    offers.push_back({std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))});
  }
  return offers;
}

void add_own_offers(const std::string& line, std::vector<Offer>& offers) {
  const std::string last = unfinished(line);
  const WordList words = split_words(line);
  const std::size_t finished = words.size() - (last.empty() ? 0 : 1);
  const auto add = [&](const std::string& word, const char* help) {
    if (word.starts_with(last)) offers.push_back({word, help});
  };
  if (finished == 0) add("quit", "leave");
  if (finished >= 2 && is_show(line) && line.find("--watch") == std::string::npos)
    add("--watch", "[SECONDS]  again and again, until Ctrl-C");
}

std::string agreed_addition(const std::string& line, const std::vector<Offer>& offers) {
  WordList words;
  for (const Offer& offer : offers)
    if (!offer.word.empty()) words.push_back(offer.word);
  if (words.empty()) return {};
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto differ = std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common.erase(differ.first, common.end());
  }
  const std::string last = unfinished(line);
  if (!common.starts_with(last)) return {};
  // Where something else may stand there too, an empty line does not write itself.
  if (last.empty() && words.size() < offers.size()) return {};
  return common.substr(last.size()) + (words.size() == 1 ? " " : "");
}

}  // namespace spillway
