#pragma once
// What the last word of a line can become.

#include <string>
#include <string_view>
#include <vector>

namespace spillway {

struct Offer {
  std::string word;  ///< empty: no word, but how the command goes on that is there already
  std::string help;  ///< may be empty
};

/// From the router's answer to `complete`. Thread contract: any.
std::vector<Offer> parse_offers(std::string_view answer);

/// The words that the prompt itself understands beside the router's.
void add_own_offers(const std::string& line, std::vector<Offer>& offers);

/// What can be added to `line` since all offers agree in it; a space behind a word that is whole.
std::string agreed_addition(const std::string& line, const std::vector<Offer>& offers);

}  // namespace spillway
