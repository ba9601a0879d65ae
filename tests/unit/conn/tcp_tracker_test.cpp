#include "dataplane/conn/tcp_tracker.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dataplane/net/headers.h"

namespace spillway {
namespace {

constexpr Direction kOut = Direction::original;
constexpr Direction kIn = Direction::reply;
constexpr std::uint8_t S = tcp::syn;
constexpr std::uint8_t A = tcp::ack_flag;
constexpr std::uint8_t F = tcp::fin;
constexpr std::uint8_t R = tcp::rst;

struct Step {
  Direction direction;
  std::uint8_t flags;
  std::uint32_t seq;
  std::uint32_t ack;
  std::uint32_t payload;
  ConnState expected;
  TcpOutcome outcome = TcpOutcome::unchanged;  ///< `reopen` is the only one looked at
};

struct Story {
  const char* what;
  std::uint8_t opening;
  std::vector<Step> steps;
};

class Tcp : public testing::TestWithParam<Story> {};

TEST_P(Tcp, R13_R14_FollowsTheStory) {
  const Story& story = GetParam();
  ConnState state = tcp_opening(story.opening, true).state;
  TcpProgress progress;
  TcpSeen seen;
  tcp_begin({100, 0, 0, story.opening}, progress, seen);
  std::size_t i = 0;
  for (const Step& s : story.steps) {
    const TcpOutcome outcome =
        tcp_advance(state, progress, seen, s.direction, {s.seq, s.ack, s.payload, s.flags});
    EXPECT_EQ(state, s.expected) << story.what << ", step " << i;
    EXPECT_EQ(outcome == TcpOutcome::reopen, s.outcome == TcpOutcome::reopen) << i;
    ++i;
  }
}

using enum ConnState;
const std::vector<Step> kHandshake = {{kIn, S | A, 500, 101, 0, tcp_syn_received},
                                      {kOut, A, 101, 501, 0, tcp_established}};

std::vector<Step> after_handshake(std::vector<Step> more) {
  std::vector<Step> steps = kHandshake;
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

INSTANTIATE_TEST_SUITE_P(
    Stories, Tcp,
    testing::Values(
        Story{"SYN again", S, {{kOut, S, 100, 0, 0, tcp_syn_sent}}},
        Story{"simultaneous open",
              S,
              {{kIn, S, 500, 0, 0, tcp_syn_received},
               {kOut, S | A, 100, 501, 0, tcp_syn_received},
               {kIn, S | A, 500, 101, 0, tcp_established}}},
        Story{"closed by the opener", S,
              after_handshake({{kOut, F | A, 101, 501, 0, tcp_fin_wait},
                               {kIn, A, 501, 102, 0, tcp_close_wait},
                               {kIn, F | A, 501, 102, 0, tcp_last_ack},
                               {kOut, A, 102, 502, 0, tcp_time_wait}})},
        Story{"closed by the other side", S,
              after_handshake({{kIn, F | A, 501, 101, 0, tcp_fin_wait},
                               {kOut, F | A, 101, 502, 0, tcp_last_ack},
                               {kIn, A, 502, 102, 0, tcp_time_wait}})},
        Story{"data after FIN of the other side keeps it open", S,
              after_handshake({{kIn, F | A, 501, 101, 0, tcp_fin_wait},
                               {kOut, A, 101, 502, 1000, tcp_close_wait},
                               {kOut, A, 1101, 502, 1000, tcp_close_wait}})},
        Story{"opened again after the end", S,
              after_handshake({{kIn, R, 501, 0, 0, tcp_close},
                               {kIn, S, 900, 0, 0, tcp_close},
                               {kOut, S, 9000, 0, 0, tcp_close, TcpOutcome::reopen}})},
        Story{"reset by the opener", S, after_handshake({{kOut, R, 101, 0, 0, tcp_close}})},
        Story{"reset in flight past an ACK", S,
              after_handshake({{kIn, A, 501, 101, 2000, tcp_established},
                               {kIn, R, 2501, 0, 0, tcp_close}})},
        Story{"reset before the window", S,
              after_handshake({{kIn, R, 400, 0, 0, tcp_established}})},
        Story{"reset after the window", S,
              after_handshake({{kIn, R, 90000, 0, 0, tcp_established}})},
        Story{"refused", S, {{kIn, R | A, 0, 101, 0, tcp_close}}},
        Story{
            "refusal that acknowledges nothing of ours", S, {{kIn, R | A, 0, 77, 0, tcp_syn_sent}}},
        Story{"picked up in the middle", A, {{kIn, A, 700, 100, 10, tcp_established}}},
        Story{"sequence numbers wrap", S,
              after_handshake({{kIn, A, 501, 101, 0xfffffff0u, tcp_established},
                               {kIn, R, 485, 0, 0, tcp_established}})}));

TEST(TcpOpening, R16_WhatMayOpen) {
  const struct {
    std::uint8_t flags;
    bool strict;
    bool loose;
  } rows[] = {{S, true, true},       {A, false, true},      {S | A, false, false},
              {R, false, false},     {F | A, false, false}, {0, false, false},
              {R | A, false, false}, {S | F, false, false}, {tcp::ack_flag | 8, false, true}};
  for (const auto& row : rows) {
    EXPECT_EQ(tcp_opening(row.flags, false).allowed, row.strict) << int{row.flags};
    EXPECT_EQ(tcp_opening(row.flags, true).allowed, row.loose) << int{row.flags};
  }
}

RC_GTEST_PROP(Tcp, TheEndIsLeftByReopeningOnly, ()) {
  ConnState state = ConnState::tcp_established;
  TcpProgress progress;
  TcpSeen seen;
  bool ended = false;
  for (int i = 0; i < 60; ++i) {
    const TcpSegment segment{*rc::gen::inRange(0u, 8u), *rc::gen::inRange(0u, 8u),
                             *rc::gen::inRange(0u, 2u),
                             static_cast<std::uint8_t>(*rc::gen::inRange(0, 32))};
    const Direction direction = *rc::gen::element(kOut, kIn);
    const ConnState before = state;
    const TcpOutcome outcome = tcp_advance(state, progress, seen, direction, segment);
    RC_ASSERT((outcome == TcpOutcome::changed) == (before != state));
    if (ended) RC_ASSERT(state == before);
    if (outcome == TcpOutcome::reopen) RC_ASSERT(ended && direction == kOut);
    ended = state == ConnState::tcp_close || state == ConnState::tcp_time_wait;
  }
}

}  // namespace
}  // namespace spillway
