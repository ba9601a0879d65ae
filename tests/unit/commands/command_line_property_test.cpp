// Lines of any bytes, and lines that are nearly right.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/unit/commands/sample_table.h"

namespace spillway {
namespace {

/// Bits of commands and of nonsense, with any space between them.
rc::Gen<std::string> nearly_right() {
  const auto bit = rc::gen::element<std::string>("show", "sh", "c", "connections", "count",
                                                 "uplinks", "uplink", "--json", "drain", "7", "-1",
                                                 " ", "  ", "\t", "\xff", std::string(1, '\0'));
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(bit),
                      [](const std::vector<std::string>& bits) {
                        std::string line;
                        for (const std::string& b : bits) line += b;
                        return line;
                      });
}

bool fit_for_a_terminal(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f';
  });
}

void check(const std::string& line) {
  const CommandTable table = sample_table();
  const Answer answer = table.obey(line);
  RC_ASSERT(answer.text.ends_with('\n'));
  if (!answer.good) RC_ASSERT(fit_for_a_terminal(answer.text));
  RC_ASSERT(table.obey(line).text == answer.text);
}

RC_GTEST_PROP(CommandLines, R44_AnyBytesGetAnAnswer, (const std::string& line)) {
  check(line);
}

RC_GTEST_PROP(CommandLines, R44_NearlyRightOnesGetAnAnswer, ()) {
  check(*nearly_right());
}

RC_GTEST_PROP(CommandLines, WhatCompletionOffersContinuesTheWord, ()) {
  const std::string line = *nearly_right();
  const CommandTable table = sample_table();
  WordList words = split_words(line);
  const bool finished = line.empty() || std::isspace(static_cast<unsigned char>(line.back())) != 0;
  const std::string last = finished || words.empty() ? "" : words.back();
  std::istringstream offers(table.complete(line));
  for (std::string offer; std::getline(offers, offer);) {
    const std::size_t tab = offer.find('\t');
    RC_ASSERT(tab != std::string::npos);
    RC_ASSERT(tab == 0 || offer.starts_with(last));
  }
}

}  // namespace
}  // namespace spillway
