#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <vector>

#include "dataplane/conn/flow_hash.h"
#include "dataplane/conn/port_sequence.h"

namespace spillway {
namespace {

FlowKey key(IpProto proto, std::uint16_t port) {
  FlowKey k;
  k.src = Ipv4Addr::of(192, 168, 22, 10);
  k.dst = Ipv4Addr::of(8, 8, 8, 8);
  k.proto = proto;
  k.src_port = L4Port::from_host(port);
  return k;
}

std::vector<std::uint16_t> sequence(const FlowKey& k, HashSecret secret = {}) {
  PortSequence ports(secret, k, k.src_port);
  std::vector<std::uint16_t> all;
  L4Port port;
  while (ports.next(port)) all.push_back(port.host());
  return all;
}

TEST(PortSequence, R02_PreferredFirstThenOfItsRange) {
  for (const int wanted : {1, 500, 1023, 1024, 40000, 65535}) {
    const auto preferred = static_cast<std::uint16_t>(wanted);
    const auto ports = sequence(key(IpProto::udp, preferred));
    ASSERT_EQ(ports.size(), PortSequence::kAttempts);
    EXPECT_EQ(ports.front(), preferred);
    for (const std::uint16_t port : ports) {
      EXPECT_EQ(port < 1024, preferred < 1024);
      EXPECT_NE(port, 0);
    }
  }
}

TEST(PortSequence, R02_TheSecretDecides) {
  const FlowKey k = key(IpProto::tcp, 40000);
  EXPECT_EQ(sequence(k, {1, 2}), sequence(k, {1, 2}));
  EXPECT_NE(sequence(k, {1, 2}), sequence(k, {3, 4}));
  EXPECT_NE(sequence(k), sequence(key(IpProto::tcp, 40001)));
}

TEST(PortSequence, AttemptsAreSpread) {
  const auto ports = sequence(key(IpProto::udp, 40000));
  EXPECT_GT(std::set<std::uint16_t>(ports.begin(), ports.end()).size(), 120u);
  std::set<int> sixteenths;
  for (const std::uint16_t port : ports) sixteenths.insert(port >> 12);
  EXPECT_GE(sixteenths.size(), 14u);
}

TEST(PortSequence, ProtocolsWithoutPortsHaveOneTry) {
  EXPECT_EQ(sequence(key(static_cast<IpProto>(47), 0)), std::vector<std::uint16_t>{0});
}

TEST(FlowHash, EveryBitOfTheKeyMatters) {
  const FlowKey base = key(IpProto::tcp, 40000);
  std::uint64_t flips = 0;
  for (unsigned bit = 0; bit < 128; ++bit) {
    std::uint64_t words[2];
    std::memcpy(words, &base, sizeof words);
    const std::uint32_t before = flow_hash({}, words[0], words[1]);
    words[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    const std::uint32_t change = before ^ flow_hash({}, words[0], words[1]);
    EXPECT_NE(change, 0u) << bit;
    flips += static_cast<std::uint64_t>(std::popcount(change));
  }
  EXPECT_NEAR(static_cast<double>(flips) / 128, 16, 1.5);
}

TEST(FlowHash, CollisionsUnderOneSecretAreNoneUnderAnother) {
  std::vector<std::vector<FlowKey>> buckets(4096);
  for (std::uint32_t i = 0; i < 65536; ++i) {
    FlowKey k = key(IpProto::udp, static_cast<std::uint16_t>(i));
    buckets[flow_hash({1, 2}, k) & 4095].push_back(k);
  }
  std::set<std::uint32_t> elsewhere;
  for (const FlowKey& k : buckets[7]) elsewhere.insert(flow_hash({0xabcdef, 0x123457}, k) & 4095);
  EXPECT_GT(elsewhere.size(), buckets[7].size() / 2);
}

}  // namespace
}  // namespace spillway
