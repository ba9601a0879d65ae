// R04: what becomes of a translated port when its connection has ended.

#include <gtest/gtest.h>

#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using namespace std::chrono_literals;

const Ipv4Addr kOther = Ipv4Addr::of(192, 168, 22, 11);

FrameSpec tcp_from(Ipv4Addr host, std::uint8_t flags, std::uint32_t seq = 1000,
                   std::uint32_t ack = 0) {
  FrameSpec s;
  s.src = host;
  s.proto = IpProto::tcp;
  s.dst_port = 80;
  s.tcp_flags = flags;
  s.seq = seq;
  s.ack = ack;
  return s;
}

/// Two hosts that like the same port.
struct TwoHosts : TestRouter {
  TwoHosts() : TestRouter({.connections = 1u << 16}) { learn(kLan, kOther); }

  void let_end(std::chrono::milliseconds idle) {
    pass(idle);
    expire(5000);
    ASSERT_EQ(connections().size(), 0u);
  }
  std::uint16_t port_of(FrameSpec spec) { return from_lan(std::move(spec)).src_port(); }
};

TEST(RestingPort, R04_AfterATimeoutNobodyElseHasItForTwoMinutes) {
  TwoHosts router;
  FrameSpec other;
  other.src = kOther;
  ASSERT_EQ(router.port_of({}), 40000);
  router.let_end(11s);
  EXPECT_NE(router.port_of(other), 40000);
  router.let_end(11s);
  router.pass(98s - 1ms);
  EXPECT_NE(router.port_of(other), 40000);
  router.let_end(11s + 1ms);
  EXPECT_EQ(router.port_of(other), 40000) << "preserved (R02), as soon as it has rested";
}

TEST(RestingPort, R04_WhoHadItMayGoOn) {
  TwoHosts router;
  router.from_lan({});
  router.let_end(11s);
  EXPECT_EQ(router.port_of({}), 40000);
}

TEST(RestingPort, R04_TowardsAnotherRemoteItIsFree) {
  TwoHosts router;
  router.from_lan({});
  router.let_end(11s);
  FrameSpec other;
  other.src = kOther;
  other.dst_port = 54;
  EXPECT_EQ(router.port_of(other), 40000);
}

TEST(RestingPort, R04_AfterAReset) {
  TwoHosts router;
  const Fate syn = router.from_lan(tcp_from(kHost, tcp::syn));
  FrameSpec refusal = tcp_from(kHost, tcp::rst | tcp::ack_flag, 0, 1001);
  ASSERT_EQ(router.answer(syn, refusal).port, kLan);
  router.let_end(11s);
  EXPECT_NE(router.port_of(tcp_from(kOther, tcp::syn)), 40000);
}

TEST(RestingPort, R04_AConnectionThatBothSidesHaveClosedLeavesItFree) {
  TwoHosts router;
  const Fate syn = router.from_lan(tcp_from(kHost, tcp::syn));
  router.answer(syn, tcp_from(kHost, tcp::syn | tcp::ack_flag, 5000, 1001));
  router.from_lan(tcp_from(kHost, tcp::ack_flag, 1001, 5001));
  router.from_lan(tcp_from(kHost, tcp::ack_flag | tcp::fin, 1001, 5001));
  router.answer(syn, tcp_from(kHost, tcp::ack_flag | tcp::fin, 5001, 1002));
  router.from_lan(tcp_from(kHost, tcp::ack_flag, 1002, 5002));
  router.let_end(11s);
  EXPECT_EQ(router.port_of(tcp_from(kOther, tcp::syn)), 40000);
}

TEST(RestingPort, R04_IsTakenAllTheSameWhereNoOtherIsFree) {
  TwoHosts router;
  FrameSpec s;
  for (std::uint16_t port = 1; port < 1024; ++port) {
    s.src_port = port;
    ASSERT_EQ(router.port_of(s), port);
  }
  router.let_end(11s);
  s.src = kOther;
  s.src_port = 500;
  EXPECT_EQ(router.port_of(s), 500);
  EXPECT_EQ(router.drops(DropReason::port_exhausted), 0u);
}

}  // namespace
}  // namespace spillway::test
