#include "control/cli/offers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace spillway {
namespace {

std::vector<Offer> offers_of(const std::vector<std::string>& words) {
  std::vector<Offer> offers;
  for (const std::string& word : words) offers.push_back({word, ""});
  return offers;
}

TEST(Offers, AreReadFromTheAnswer) {
  const std::vector<Offer> offers = parse_offers("show\tall\nuplinks\t\n\t[N]  few\nno tab\nx\ty");
  ASSERT_EQ(offers.size(), 4u);
  EXPECT_EQ(offers[0].word, "show");
  EXPECT_EQ(offers[0].help, "all");
  EXPECT_EQ(offers[1].help, "");
  EXPECT_EQ(offers[2].word, "");
  EXPECT_EQ(offers[2].help, "[N]  few");
  EXPECT_EQ(offers[3].help, "y");
}

TEST(Offers, WhatAllAgreeInIsAdded) {
  EXPECT_EQ(agreed_addition("sh", offers_of({"show"})), "ow ");
  EXPECT_EQ(agreed_addition("show", offers_of({"show"})), " ");
  EXPECT_EQ(agreed_addition("show c", offers_of({"connections", "counters"})), "o");
  EXPECT_EQ(agreed_addition("show co", offers_of({"connections", "counters"})), "");
  EXPECT_EQ(agreed_addition("show uplinks ", offers_of({"ISP_1", "ISP_2"})), "ISP_");
  EXPECT_EQ(agreed_addition("show uplinks ", offers_of({"ISP_1", ""})), "") << "or nothing";
  EXPECT_EQ(agreed_addition("x", {}), "");
  EXPECT_EQ(agreed_addition("x", offers_of({"show"})), "") << "a router that answers otherwise";
}

TEST(Offers, ThePromptHasWordsOfItsOwn) {
  const auto own = [](const std::string& line) {
    std::vector<Offer> offers;
    add_own_offers(line, offers);
    return offers.empty() ? "" : offers.front().word;
  };
  EXPECT_EQ(own(""), "quit");
  EXPECT_EQ(own("q"), "quit");
  EXPECT_EQ(own("show"), "");
  EXPECT_EQ(own("show "), "");
  EXPECT_EQ(own("sh upl "), "--watch");
  EXPECT_EQ(own("sh upl --w"), "--watch");
  EXPECT_EQ(own("sh upl --watch "), "");
  EXPECT_EQ(own("reload x "), "");
}

RC_GTEST_PROP(OfferLines, R44_AnyAnswerIsRead,
              (const std::string& answer, const std::string& line)) {
  std::vector<Offer> offers = parse_offers(answer);
  for (const Offer& offer : offers) RC_ASSERT(answer.find(offer.word + "\t") != std::string::npos);
  add_own_offers(line, offers);
  const std::string written = line + agreed_addition(line, offers);
  const std::string last = written.substr(line.find_last_of(" \t") + 1);
  if (written == line) return;
  RC_ASSERT(std::all_of(offers.begin(), offers.end(), [&](const Offer& offer) {
    return offer.word.empty() || (offer.word + " ").starts_with(last);
  }));
}

}  // namespace
}  // namespace spillway
