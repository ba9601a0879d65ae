#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dataplane/path/host_counts.h"
#include "dataplane/path/neighbour_table.h"
#include "dataplane/path/snapshot_cell.h"
#include "dataplane/wan/policy_table.h"

namespace spillway {
namespace {

FlowKey key(const char* src, const char* dst, IpProto proto, std::uint16_t sport = 1000,
            std::uint16_t dport = 80) {
  FlowKey k;
  k.src = *parse_ipv4(src);
  k.dst = *parse_ipv4(dst);
  k.proto = proto;
  k.src_port = L4Port::from_host(sport);
  k.dst_port = L4Port::from_host(dport);
  return k;
}

bool matches(const PolicyRuleSpec& r, const FlowKey& k) {
  const bool ports = k.proto == IpProto::tcp || k.proto == IpProto::udp;
  const auto within = [](PortSpan span, L4Port p) {
    return p.host() >= span.first && p.host() <= span.last;
  };
  if (r.proto && *r.proto != k.proto) return false;
  if (!r.from.contains(k.src) || !r.to.contains(k.dst)) return false;
  if (!ports) return r.from_ports.all() && r.to_ports.all();
  return within(r.from_ports, k.src_port) && within(r.to_ports, k.dst_port);
}

TEST(Policy, EmptyMatchesNothing) {
  EXPECT_FALSE(PolicyTable().classify(key("10.0.0.1", "8.8.8.8", IpProto::tcp)).matched);
  EXPECT_FALSE(PolicyTable(std::span<const PolicyRuleSpec>())
                   .classify(key("10.0.0.1", "8.8.8.8", IpProto::tcp))
                   .matched);
}

TEST(Policy, TheFirstRuleDecides) {
  PolicyRuleSpec host;
  host.from = *parse_prefix("10.0.0.5");
  host.uplinks = UplinkSet(2);
  PolicyRuleSpec all;
  all.drop = true;
  const PolicyRuleSpec rules[] = {host, all};
  const PolicyTable table(rules);
  const auto first = table.classify(key("10.0.0.5", "8.8.8.8", IpProto::icmp));
  EXPECT_TRUE(first.matched && !first.drop);
  EXPECT_EQ(first.candidates, UplinkSet(2));
  EXPECT_TRUE(table.classify(key("10.0.0.6", "8.8.8.8", IpProto::icmp)).drop);
}

TEST(Policy, PortsWithoutAProtocolMeanTcpAndUdp) {
  PolicyRuleSpec web;
  web.to_ports = {80, 81};
  const PolicyTable table(std::span(&web, 1));
  EXPECT_TRUE(table.classify(key("10.0.0.1", "8.8.8.8", IpProto::tcp, 1, 80)).matched);
  EXPECT_TRUE(table.classify(key("10.0.0.1", "8.8.8.8", IpProto::udp, 1, 81)).matched);
  EXPECT_FALSE(table.classify(key("10.0.0.1", "8.8.8.8", IpProto::udp, 1, 82)).matched);
  EXPECT_FALSE(table.classify(key("10.0.0.1", "8.8.8.8", IpProto::icmp, 80, 80)).matched);
}

RC_GTEST_PROP(Policy, AgreesWithALinearSearch, ()) {
  const auto prefix = [] {
    return Ipv4Prefix::of(Ipv4Addr::from_host(0x0a000000u + *rc::gen::inRange(0u, 16u)),
                          static_cast<std::uint8_t>(*rc::gen::element(0, 8, 29, 31, 32)));
  };
  const auto span = [] {
    const auto a = static_cast<std::uint16_t>(*rc::gen::inRange(0, 6));
    const auto b = static_cast<std::uint16_t>(*rc::gen::inRange(0, 6));
    return *rc::gen::arbitrary<bool>() ? PortSpan{} : PortSpan{std::min(a, b), std::max(a, b)};
  };
  std::vector<PolicyRuleSpec> rules(*rc::gen::inRange<std::size_t>(1, 12));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    rules[i].from = prefix();
    rules[i].to = prefix();
    if (*rc::gen::arbitrary<bool>())
      rules[i].proto = *rc::gen::element(IpProto::tcp, IpProto::udp, IpProto::icmp);
    const bool ports = !rules[i].proto || *rules[i].proto != IpProto::icmp;
    if (ports) rules[i].from_ports = span();
    if (ports) rules[i].to_ports = span();
    rules[i].uplinks = UplinkSet(static_cast<std::uint16_t>(i + 1));
  }
  const PolicyTable table(rules);
  for (int n = 0; n < 30; ++n) {
    FlowKey k;
    k.src = Ipv4Addr::from_host(0x0a000000u + *rc::gen::inRange(0u, 16u));
    k.dst = Ipv4Addr::from_host(0x0a000000u + *rc::gen::inRange(0u, 16u));
    k.proto =
        *rc::gen::element(IpProto::tcp, IpProto::udp, IpProto::icmp, static_cast<IpProto>(47));
    k.src_port = L4Port::from_host(static_cast<std::uint16_t>(*rc::gen::inRange(0, 6)));
    k.dst_port = L4Port::from_host(static_cast<std::uint16_t>(*rc::gen::inRange(0, 6)));
    const auto at =
        std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return matches(r, k); });
    const PolicyVerdict verdict = table.classify(k);
    RC_ASSERT(verdict.matched == (at != rules.end()));
    if (verdict.matched) RC_ASSERT(verdict.candidates == at->uplinks);
  }
}

RC_GTEST_PROP(HostCounts, R06_AgreesWithAMap, ()) {
  HostCounts counts(16);
  std::map<std::uint32_t, std::uint32_t> model;
  for (int step = 0; step < 200; ++step) {
    const auto host = *rc::gen::inRange(0u, 16u);
    if (*rc::gen::arbitrary<bool>()) {
      counts.add(Ipv4Addr{host});
      ++model[host];
    } else {
      counts.remove(Ipv4Addr{host});
      if (model[host] > 0) --model[host];
    }
    for (std::uint32_t h = 0; h < 16; ++h) RC_ASSERT(counts.of(Ipv4Addr{h}) == model[h]);
  }
}

TEST(NeighbourTable, FullMeansNoneAndIdsStay) {
  NeighbourTable table(2);
  table.set_port(port_index(1), MacAddr{{2, 0, 0, 0, 0, 1}}, 1400);
  const NextHopId a = table.find_or_add(port_index(1), Ipv4Addr::of(1, 1, 1, 1));
  const NextHopId b = table.find_or_add(port_index(1), Ipv4Addr::of(1, 1, 1, 2));
  EXPECT_EQ(table.find_or_add(port_index(1), Ipv4Addr::of(1, 1, 1, 1)), a);
  EXPECT_NE(a, b);
  EXPECT_EQ(table.find_or_add(port_index(1), Ipv4Addr::of(1, 1, 1, 3)), NextHopId::none);
  EXPECT_FALSE(table[a].resolved);
  table.resolve(a, MacAddr{{4, 0, 0, 0, 0, 9}});
  EXPECT_TRUE(table[a].resolved);
  EXPECT_EQ(table[a].link[0], 4);
  EXPECT_EQ(table[a].link[6], 2);
  EXPECT_EQ(table[a].mtu, 1400);
}

TEST(SnapshotCell, FreesTheOldOneOnceTheWorkerHasPassed) {
  SnapshotCell cell(std::make_unique<ConfigSnapshot>(), 1);
  cell.attach(0);
  cell.quiescent(0);
  auto next = std::make_unique<ConfigSnapshot>();
  next->per_lan_host = 7;
  cell.publish(std::move(next));
  EXPECT_EQ(cell.load().per_lan_host, 7u);
  EXPECT_EQ(cell.reclaim(), 1u) << "the worker may still read it";
  cell.quiescent(0);
  EXPECT_EQ(cell.reclaim(), 0u);
  cell.detach(0);
}

}  // namespace
}  // namespace spillway
