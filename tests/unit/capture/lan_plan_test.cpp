#include "control/replay/capture/lan_plan.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace spillway::replay {
namespace {

constexpr std::uint8_t kSyn = 2;

LanPlan::Settings settings(std::vector<Ipv4Prefix> lan_nets = {}) {
  LanPlan::Settings s;
  s.lans = {*parse_interface("192.168.22.1/24")};
  s.own = {*parse_prefix("192.168.22.0/24"), *parse_prefix("1.1.1.0/24"),
           *parse_prefix("2.2.2.0/24")};
  s.lan_nets = std::move(lan_nets);
  return s;
}

LanPlan::Observed seen(const char* src, const char* dst, LinkCast cast = LinkCast::unicast) {
  LanPlan::Observed o;
  o.src = *parse_ipv4(src);
  o.dst = *parse_ipv4(dst);
  o.cast = cast;
  o.proto = IpProto::tcp;
  o.tcp_flags = kSyn;
  return o;
}

LanPlan plan(const std::vector<LanPlan::Observed>& packets, std::vector<Ipv4Prefix> lan_nets = {}) {
  LanPlan p(settings(std::move(lan_nets)));
  for (const auto& packet : packets) p.observe(packet);
  p.finish();
  return p;
}

std::string at(const LanPlan& p, const char* address) {
  const auto mapped = p.address(*parse_ipv4(address));
  return mapped ? to_string(*mapped) : "none";
}

bool lan(const LanPlan& p, const char* address) {
  return p.is_lan(*parse_ipv4(address));
}

TEST(LanPlan, PrivateAddressesBesidePublicOnes) {
  const LanPlan p = plan({seen("10.0.0.17", "8.8.8.8"), seen("8.8.8.8", "10.0.0.18")});
  EXPECT_TRUE(lan(p, "10.0.0.17") && lan(p, "10.0.0.18"));
  EXPECT_FALSE(lan(p, "8.8.8.8"));
  EXPECT_EQ(at(p, "10.0.0.17"), "192.168.22.17") << "the host bits are kept";
  EXPECT_EQ(at(p, "8.8.8.8"), "8.8.8.8");
  EXPECT_EQ(p.description(), "10.0.0.0/24 (private addresses beside public ones)");
}

TEST(LanPlan, WhereAllIsPrivateTheInitiatorsAreTheLan) {
  const LanPlan p = plan(
      {seen("10.0.0.1", "10.9.0.1"), seen("10.0.0.1", "10.9.0.2"), seen("10.0.0.2", "10.9.0.1")});
  EXPECT_TRUE(lan(p, "10.0.0.1") && lan(p, "10.0.0.2"));
  EXPECT_FALSE(lan(p, "10.9.0.1") || lan(p, "10.9.0.2"));
}

TEST(LanPlan, WhereNobodyOpensAnythingTheBusiestHostIsTheLan) {
  auto a = seen("5.5.5.5", "6.6.6.6");
  auto b = seen("7.7.7.7", "5.5.5.5");
  a.tcp_flags = b.tcp_flags = 16;
  const LanPlan p = plan({a, b});
  EXPECT_TRUE(lan(p, "5.5.5.5"));
  EXPECT_FALSE(lan(p, "6.6.6.6") || lan(p, "7.7.7.7"));
}

TEST(LanPlan, TheUserKnowsBetter) {
  const LanPlan p = plan({seen("10.0.0.17", "8.8.8.8"), seen("5.5.5.5", "10.0.0.17")},
                         {*parse_prefix("5.5.5.0/24")});
  EXPECT_TRUE(lan(p, "5.5.5.5"));
  EXPECT_FALSE(lan(p, "10.0.0.17"));
}

TEST(LanPlan, NobodyGetsTheRoutersAddressAndCollisionsMoveOn) {
  const LanPlan p = plan({seen("10.0.0.1", "8.8.8.8"), seen("10.0.1.1", "8.8.8.8"),
                          seen("192.168.22.2", "8.8.8.8"), seen("10.0.0.255", "8.8.8.8")});
  EXPECT_EQ(at(p, "192.168.22.2"), "192.168.22.2") << "who is at home stays";
  std::set<std::string> used;
  for (const char* host : {"10.0.0.1", "10.0.1.1", "192.168.22.2", "10.0.0.255"}) {
    EXPECT_TRUE(used.insert(at(p, host)).second) << host;
    EXPECT_NE(at(p, host), "192.168.22.1");
    EXPECT_NE(at(p, host), "192.168.22.255");
  }
}

TEST(LanPlan, RemoteHostsNeverLieInTheRoutersNetworks) {
  const LanPlan p = plan(
      {seen("10.0.0.2", "1.1.1.1"), seen("10.0.0.2", "2.2.2.65"), seen("10.0.0.2", "198.18.1.1")});
  EXPECT_EQ(at(p, "198.18.1.1"), "198.18.1.1");
  std::set<std::string> used = {"198.18.1.1"};
  for (const char* remote : {"1.1.1.1", "2.2.2.65"}) {
    EXPECT_TRUE(used.insert(at(p, remote)).second);
    EXPECT_TRUE(parse_prefix("198.18.0.0/15")->contains(*p.address(*parse_ipv4(remote))));
  }
  EXPECT_TRUE(parse_prefix("198.18.0.0/15")->contains(*p.address(Ipv4Addr::of(1, 1, 1, 9))))
      << "one that only an ICMP error names";
}

TEST(LanPlan, BroadcastsAreNoHosts) {
  const LanPlan p =
      plan({seen("10.0.0.2", "8.8.8.8"), seen("10.0.0.2", "10.0.0.255", LinkCast::broadcast),
            seen("0.0.0.0", "255.255.255.255", LinkCast::broadcast),
            seen("10.0.0.2", "224.0.0.251", LinkCast::multicast)});
  EXPECT_EQ(p.hosts(), 1u);
  EXPECT_EQ(at(p, "10.0.0.255"), "192.168.22.255");
  EXPECT_EQ(at(p, "255.255.255.255"), "255.255.255.255");
  EXPECT_EQ(at(p, "224.0.0.251"), "224.0.0.251");
  EXPECT_EQ(at(p, "0.0.0.0"), "0.0.0.0");
}

TEST(LanPlan, AFullPrefixLeavesTheLastHostsOut) {
  std::vector<LanPlan::Observed> packets;
  for (std::uint32_t i = 1; i <= 300; ++i) {
    auto o = seen("10.0.0.1", "8.8.8.8");
    o.src = Ipv4Addr::from_host(0x0a000000u + i);
    packets.push_back(o);
  }
  const LanPlan p = plan(packets);
  EXPECT_EQ(p.hosts(), 300u) << "10.0.0.255 sends, so it is a host like any other";
  std::size_t mapped = 0;
  for (const auto& o : packets) mapped += p.address(o.src).has_value();
  EXPECT_EQ(mapped, 253u);
}

TEST(LanPlan, AnEmptyCaptureHasNoLan) {
  EXPECT_EQ(plan({}).description(), "no LAN host found");
}

RC_GTEST_PROP(LanPlan, NoTwoHostsShareAnAddress, ()) {
  std::vector<LanPlan::Observed> packets;
  const auto host = [] {
    return Ipv4Addr::from_host(
        *rc::gen::element(0x0a000000u, 0xc0a81600u, 0x01010100u, 0xc6120000u, 0x08080800u) +
        *rc::gen::inRange(1u, 40u));
  };
  for (int i = 0; i < 60; ++i) {
    LanPlan::Observed o = seen("1.2.3.4", "1.2.3.4");
    o.src = host();
    o.dst = host();
    packets.push_back(o);
  }
  const LanPlan p = plan(packets);
  std::map<std::uint32_t, std::uint32_t> owner;
  for (const auto& o : packets) {
    for (const Ipv4Addr a : {o.src, o.dst}) {
      const auto mapped = p.address(a);
      if (!mapped) continue;
      const auto [other, fresh] = owner.try_emplace(mapped->be, a.be);
      RC_ASSERT(fresh || other->second == a.be);
      RC_ASSERT(parse_prefix("192.168.22.0/24")->contains(*mapped) == p.is_lan(a));
    }
  }
}

}  // namespace
}  // namespace spillway::replay
