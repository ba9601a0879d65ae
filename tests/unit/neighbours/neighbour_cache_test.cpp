#include "control/neighbours/neighbour_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace spillway {
namespace {

using namespace std::chrono_literals;
using Kind = NeighbourNote::Kind;
using State = NeighbourCache::State;

constexpr PortIndex kLan = port_index(0);
constexpr PortIndex kWan = port_index(1);
constexpr MacAddr kOwn{{2, 0, 0, 0, 0, 1}};
constexpr MacAddr kHostMac{{2, 0, 0, 0, 0, 10}};
constexpr MacAddr kOtherMac{{2, 0, 0, 0, 0, 66}};
constexpr Ipv4Addr kRouter = Ipv4Addr::of(192, 168, 22, 1);
constexpr Ipv4Addr kHost = Ipv4Addr::of(192, 168, 22, 10);
constexpr Ipv4Addr kGateway = Ipv4Addr::of(1, 1, 1, 1);
constexpr Ipv4Addr kWanAddress = Ipv4Addr::of(1, 1, 1, 32);

/// A cache on a virtual clock, and what has come out of it.
struct Lab {
  explicit Lab(std::size_t capacity = 64) : cache(capacity) {
    cache.set_port(kLan, {kOwn, {kRouter, 24}});
    cache.set_port(kWan, {kOwn, {kWanAddress, 24}});
  }
  void pass(RouterClock::duration time) {
    for (const TimePoint end = now + time; now < end; now += 50ms) cache.tick(now);
    collect();
  }
  void collect() {
    for (const ArpFrame& f : cache.take_frames()) frames.push_back(f);
    for (const NeighbourNote& n : cache.take_notes()) notes.push_back(n);
    for (const AddressConflict& c : cache.take_conflicts()) conflicts.push_back(c);
  }
  void forget() {
    frames.clear();
    notes.clear();
  }
  void request(Ipv4Addr sender, const MacAddr& mac, Ipv4Addr target, PortIndex port = kLan) {
    cache.heard(now, port, {ArpPacket::Operation::request, mac, sender, {}, target});
    collect();
  }
  void reply(Ipv4Addr sender, const MacAddr& mac, Ipv4Addr target = kRouter,
             PortIndex port = kLan) {
    cache.heard(now, port, {ArpPacket::Operation::reply, mac, sender, kOwn, target});
    collect();
  }
  void want(Ipv4Addr address, PortIndex port = kLan) {
    cache.wanted(now, port, address);
    collect();
  }
  std::size_t count(Kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        notes.begin(), notes.end(), [kind](const auto& n) { return n.kind == kind; }));
  }

  NeighbourCache cache;
  TimePoint now{10s};
  std::vector<ArpFrame> frames;
  std::vector<NeighbourNote> notes;
  std::vector<AddressConflict> conflicts;
};

TEST(NeighbourCache, R41_AnswersForItsOwnAddressAndNoOther) {
  Lab lab;
  lab.request(kHost, kHostMac, Ipv4Addr::of(192, 168, 22, 77));
  EXPECT_TRUE(lab.frames.empty());
  lab.request(kHost, kHostMac, kRouter);
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_EQ(lab.frames[0].to, kHostMac);
  EXPECT_EQ(lab.frames[0].packet,
            (ArpPacket{ArpPacket::Operation::reply, kOwn, kRouter, kHostMac, kHost}));
  lab.forget();
  lab.request(kGateway, kHostMac, kRouter, kWan);
  EXPECT_TRUE(lab.frames.empty()) << "an address of another port";
}

TEST(NeighbourCache, AProbeForOurAddressIsAnsweredAndTeachesNothing) {
  Lab lab;
  lab.request(Ipv4Addr{}, kHostMac, kRouter);
  EXPECT_EQ(lab.frames.size(), 1u) << "RFC 5227 2.1.1: the address is taken";
  EXPECT_EQ(lab.cache.size(), 0u);
}

TEST(NeighbourCache, WhoAsksForTheRouterIsLearned) {
  Lab lab;
  lab.request(kHost, kHostMac, kRouter);
  ASSERT_EQ(lab.notes.size(), 1u);
  EXPECT_EQ(lab.notes[0].kind, Kind::known);
  EXPECT_EQ(lab.notes[0].address, kHost);
  EXPECT_EQ(lab.notes[0].mac, kHostMac);
  EXPECT_EQ(lab.notes[0].port, kLan);
}

TEST(NeighbourCache, R41_LearningIsLimited) {
  Lab lab(4096);
  for (unsigned i = 0; i < 1000; ++i)
    lab.request(Ipv4Addr::of(192, 168, 22, 2 + i % 250), kHostMac, kRouter);
  EXPECT_EQ(lab.cache.size(), 250u);
  Lab flood(4096);
  flood.cache.set_port(kLan, {kOwn, {Ipv4Addr::of(10, 0, 0, 1), 8}});
  for (unsigned i = 0; i < 2000; ++i)
    flood.request(Ipv4Addr::of(10, 1, i >> 8, i & 255u), kHostMac, Ipv4Addr::of(10, 0, 0, 1));
  EXPECT_EQ(flood.cache.size(), 256u) << "at once";
  flood.pass(1s);
  for (unsigned i = 2000; i < 4000; ++i)
    flood.request(Ipv4Addr::of(10, 1, i >> 8, i & 255u), kHostMac, Ipv4Addr::of(10, 0, 0, 1));
  EXPECT_EQ(flood.cache.size(), 356u) << "and 100 a second";
}

TEST(NeighbourCache, R41_OnlyAskedRepliesCount) {
  Lab lab;
  lab.reply(kHost, kHostMac);
  EXPECT_EQ(lab.cache.size(), 0u);
  lab.want(kHost);
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_EQ(lab.frames[0].to, kBroadcastMac);
  EXPECT_EQ(lab.frames[0].packet.target, kHost);
  lab.reply(kHost, kHostMac, Ipv4Addr::of(192, 168, 22, 99));
  EXPECT_EQ(lab.count(Kind::known), 0u) << "to somebody else";
  lab.reply(kHost, kHostMac);
  EXPECT_EQ(lab.count(Kind::known), 1u);
}

TEST(NeighbourCache, AHostThatDoesNotAnswerIsGivenUp) {
  Lab lab;
  lab.want(kHost);
  lab.pass(2400ms);
  EXPECT_EQ(lab.count(Kind::lost), 0u);
  lab.pass(1500ms);
  EXPECT_EQ(lab.count(Kind::lost), 1u);
  EXPECT_EQ(lab.frames.size(), 5u) << "two soon, three in seconds";
  EXPECT_EQ(lab.cache.size(), 0u);
}

TEST(NeighbourCache, EntriesAreRefreshedBeforeTheyEnd) {
  Lab lab;
  lab.want(kHost);
  lab.reply(kHost, kHostMac);
  lab.forget();
  lab.pass(29s);
  EXPECT_TRUE(lab.frames.empty());
  while (lab.frames.empty() && lab.now < TimePoint(60s)) lab.pass(50ms);
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_EQ(lab.frames[0].to, kHostMac) << "RFC 1122 2.3.2.1: the host alone";
  EXPECT_EQ(lab.cache.find(kLan, kHost)->state, State::probing);
  EXPECT_TRUE(lab.notes.empty()) << "traffic goes on meanwhile";
  lab.reply(kHost, kHostMac);
  EXPECT_EQ(lab.cache.find(kLan, kHost)->state, State::reachable);
  EXPECT_TRUE(lab.notes.empty()) << "and nothing has changed";
}

TEST(NeighbourCache, ASilentNeighbourIsAskedByBroadcastLastThenLost) {
  Lab lab;
  lab.want(kHost);
  lab.reply(kHost, kHostMac);
  lab.forget();
  lab.pass(40s);
  ASSERT_EQ(lab.frames.size(), 3u);
  EXPECT_EQ(lab.frames[1].to, kHostMac);
  EXPECT_EQ(lab.frames[2].to, kBroadcastMac);
  EXPECT_EQ(lab.count(Kind::lost), 1u);
}

TEST(NeighbourCache, AGatewayIsMissedWithinTwoSecondsAndLookedForWithoutEnd) {
  Lab lab;
  lab.cache.keep(lab.now, kWan, kGateway);
  lab.reply(kGateway, kHostMac, kWanAddress, kWan);
  EXPECT_EQ(lab.count(Kind::known), 1u);
  lab.pass(2200ms);
  EXPECT_EQ(lab.count(Kind::lost), 1u);
  EXPECT_TRUE(lab.cache.find(kWan, kGateway)->lost);
  lab.pass(60s);
  EXPECT_EQ(lab.count(Kind::lost), 1u) << "told once";
  lab.reply(kGateway, kHostMac, kWanAddress, kWan);
  EXPECT_EQ(lab.count(Kind::known), 2u);
  EXPECT_FALSE(lab.cache.find(kWan, kGateway)->lost);
}

TEST(NeighbourCache, R41_AnUnaskedChangeIsVerified) {
  Lab lab;
  lab.want(kHost);
  lab.reply(kHost, kHostMac);
  lab.forget();
  lab.request(kHost, kOtherMac, kHost);
  EXPECT_EQ(lab.cache.find(kLan, kHost)->mac, kHostMac) << "not believed";
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_EQ(lab.frames[0].to, kBroadcastMac) << "but everybody is asked";
  lab.reply(kHost, kOtherMac);
  EXPECT_EQ(lab.cache.find(kLan, kHost)->mac, kOtherMac);
  EXPECT_EQ(lab.count(Kind::known), 1u) << "workers learn the new address at once";
}

TEST(NeighbourCache, R41_AConflictIsReportedAndDefendedOnceASecond) {
  Lab lab;
  for (int i = 0; i < 5; ++i) lab.request(kRouter, kOtherMac, kRouter);
  ASSERT_EQ(lab.conflicts.size(), 1u);
  EXPECT_EQ(lab.conflicts[0].other, kOtherMac);
  EXPECT_EQ(lab.conflicts[0].port, kLan);
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_TRUE(lab.frames[0].packet.is_gratuitous());
  lab.pass(1s);
  lab.request(kRouter, kOtherMac, kRouter);
  EXPECT_EQ(lab.conflicts.size(), 2u);
  EXPECT_EQ(lab.cache.size(), 0u) << "the claim teaches nothing";
}

TEST(NeighbourCache, R41_AnnouncesItself) {
  Lab lab;
  lab.cache.announce(kWan);
  lab.collect();
  ASSERT_EQ(lab.frames.size(), 1u);
  EXPECT_EQ(lab.frames[0].to, kBroadcastMac);
  EXPECT_EQ(lab.frames[0].packet.sender, kWanAddress);
  EXPECT_EQ(lab.frames[0].packet.target, kWanAddress);
}

TEST(NeighbourCache, WhatNobodyOnTheLinkCanHaveIsLostAtOnce) {
  Lab lab;
  for (const Ipv4Addr nobody : {Ipv4Addr::of(8, 8, 8, 8), kRouter, Ipv4Addr::of(192, 168, 22, 0),
                                Ipv4Addr::of(192, 168, 22, 255)})
    lab.want(nobody);
  EXPECT_EQ(lab.count(Kind::lost), 4u);
  EXPECT_TRUE(lab.frames.empty());
}

TEST(NeighbourCache, AWorkerThatForgotIsToldAgain) {
  Lab lab;
  lab.want(kHost);
  lab.reply(kHost, kHostMac);
  lab.forget();
  lab.want(kHost);
  EXPECT_EQ(lab.count(Kind::known), 1u);
  EXPECT_TRUE(lab.frames.empty()) << "nobody needs to be asked";
}

TEST(NeighbourCache, WhenFullTheLongestSilentMakesRoomButNoGateway) {
  Lab lab(3);
  lab.cache.keep(lab.now, kWan, kGateway);
  lab.reply(kGateway, kHostMac, kWanAddress, kWan);
  for (unsigned host = 10; host < 14; ++host) {
    lab.now += 1ms;
    lab.request(Ipv4Addr::of(192, 168, 22, host), kHostMac, kRouter);
  }
  EXPECT_EQ(lab.cache.size(), 3u);
  EXPECT_NE(lab.cache.find(kWan, kGateway), nullptr);
  EXPECT_EQ(lab.cache.find(kLan, Ipv4Addr::of(192, 168, 22, 10)), nullptr);
  EXPECT_NE(lab.cache.find(kLan, Ipv4Addr::of(192, 168, 22, 13)), nullptr);
  EXPECT_EQ(lab.count(Kind::lost), 2u) << "workers do not go on with it";
}

// Whatever is said on the link: no more entries than allowed, the gateway stays, and what workers
// were told last of a host agrees with the cache.
RC_GTEST_PROP(NeighbourCache, R41_R44_SurvivesAnyTalk, ()) {
  Lab lab(16);
  lab.cache.keep(lab.now, kWan, kGateway);
  for (int i = 0; i < 300; ++i) {
    const auto host = Ipv4Addr::of(192, 168, 22, *rc::gen::inRange(0u, 40u));
    const auto target = Ipv4Addr::of(192, 168, 22, *rc::gen::inRange(0u, 3u));
    const MacAddr mac{{2, 0, 0, 0, 1, *rc::gen::inRange<std::uint8_t>(0, 4)}};
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        lab.request(host, mac, target);
        break;
      case 1:
        lab.reply(host, mac, target);
        break;
      case 2:
        lab.want(host);
        break;
      default:
        lab.pass(std::chrono::milliseconds(*rc::gen::inRange(0, 20000)));
    }
    RC_ASSERT(lab.cache.size() <= 16u);
    RC_ASSERT(lab.cache.find(kWan, kGateway) != nullptr);
  }
  for (const NeighbourCache::Entry& entry : lab.cache.entries()) {
    const auto last = std::find_if(
        lab.notes.rbegin(), lab.notes.rend(),
        [&](const NeighbourNote& n) { return n.address == entry.address && n.port == entry.port; });
    if (entry.state == State::incomplete) continue;
    RC_ASSERT(last != lab.notes.rend());
    RC_ASSERT(last->kind == Kind::known && last->mac == entry.mac);
  }
}

}  // namespace
}  // namespace spillway
