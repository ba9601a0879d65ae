// While an administrator has stopped forwarding: what ends, and what goes on.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "dataplane/path/frame.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Stopped : testing::Test {
  Stopped() {
    router.config.local = LocalServices({{UplinkId::none, IpProto::tcp, 22, 22}});
    router.config.local.deliver = true;
  }
  void stop() { router.config.forwarding = false; }
  void start() { router.config.forwarding = true; }

  TestRouter router{{.with_fragments = true}};
};

FrameSpec syn_to(Ipv4Addr src, Ipv4Addr dst, std::uint16_t port) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.src = src;
  s.dst = dst;
  s.dst_port = port;
  s.tcp_flags = tcp::syn;
  return s;
}

TEST_F(Stopped, KnownConnectionsWaitBothWaysAndGoOn) {
  const Fate open = router.from_lan();
  ASSERT_EQ(open.port, kWan1);
  stop();
  EXPECT_EQ(router.from_lan().dropped, DropReason::stopped);
  EXPECT_EQ(router.answer(open).dropped, DropReason::stopped);
  EXPECT_EQ(router.connections().size(), 1u) << "it outlives the stop";
  start();
  EXPECT_EQ(router.from_lan().port, kWan1);
  EXPECT_EQ(router.answer(open).port, kLan);
}

TEST_F(Stopped, NothingNewIsOpened) {
  stop();
  EXPECT_EQ(router.from_lan().dropped, DropReason::stopped);
  EXPECT_EQ(router.connections().size(), 0u);
  EXPECT_TRUE(router.from_lan().error.empty()) << "and nobody is told that there is no way";
}

TEST_F(Stopped, ABurstOfBothKindsKeepsItsOrder) {
  router.from_lan();
  const Bytes through = build_frame({});
  const Bytes to_linux = build_frame(syn_to(kHost, kRouter, 22));
  stop();
  const auto out = router.feed(kLan, {through, to_linux, through, through, to_linux});
  EXPECT_EQ(out.size(), 2u) << "what is for Linux";
  EXPECT_EQ(router.drops(DropReason::stopped), 3u);
}

TEST_F(Stopped, TheRouterItselfStaysReachable) {
  stop();
  EXPECT_TRUE(router.packet(kLan, build_frame(syn_to(kHost, kRouter, 22))).punted);
  EXPECT_TRUE(router.packet(kWan2, build_frame(syn_to(kServer, kIsp2Address, 22))).punted);
  FrameSpec own;
  own.src = kIsp1Address;
  own.src_port = 77;
  const Fate out = router.from_kernel(own);
  EXPECT_EQ(out.port, kWan1);
  EXPECT_TRUE(router.answer(out).punted) << "answers to its own connections too";
}

TEST_F(Stopped, R34_ArpAndAnswersToProbesReachTheControlCore) {
  router.config.uplinks[0].probe_id = L4Port::from_host(4711);
  stop();
  Bytes arp = build_frame({});
  arp[13] = 0x06;
  router.packet(kWan1, arp);
  FrameSpec reply;
  reply.proto = IpProto::icmp;
  reply.src = kIsp1Gateway;
  reply.dst = kIsp1Address;
  reply.icmp_type = 0;
  reply.icmp_id = 4711;
  EXPECT_TRUE(router.packet(kWan1, build_frame(reply)).punted);
  EXPECT_EQ(router.drops(DropReason::stopped), 0u);
}

TEST_F(Stopped, R24_FragmentsOfAKnownConnectionWaitToo) {
  FrameSpec s;
  s.payload.assign(600, 1);
  router.from_lan(s);
  stop();
  EXPECT_TRUE(router.feed(kLan, cut_every(build_frame(s), 304)).empty());
  EXPECT_EQ(router.drops(DropReason::stopped), 1u) << "once it was whole";
}

TEST_F(Stopped, R18_ErrorsAboutAConnectionWaitToo) {
  const Fate open = router.from_lan();
  stop();
  FrameSpec outer;
  outer.src = kIsp1Gateway;
  outer.dst = kIsp1Address;
  const Bytes embedded(open.frame.begin() + kEtherHeader, open.frame.end());
  const Bytes error = build_icmp_error(outer, 3, 1, embedded);
  EXPECT_EQ(router.packet(kWan1, error).dropped, DropReason::stopped);
  start();
  EXPECT_EQ(router.packet(kWan1, error).port, kLan);
}

TEST_F(Stopped, OtherReasonsStayWhatTheyAre) {
  stop();
  FrameSpec martian;
  martian.src = Ipv4Addr::of(127, 0, 0, 1);
  EXPECT_EQ(router.packet(kLan, build_frame(martian)).dropped, DropReason::martian_source);
  EXPECT_EQ(router.packet(kWan1, build_frame(syn_to(kServer, kIsp1Address, 81))).dropped,
            DropReason::unsolicited);
}

}  // namespace
}  // namespace spillway::test
