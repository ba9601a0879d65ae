// The software hash against DPDK's own Toeplitz, and against what it promises.

#include "dataplane/net/rss_hash.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <rte_thash.h>

#include <map>
#include <set>

namespace spillway {
namespace {

struct Ends {
  Ipv4Addr host_inside;
  Ipv4Addr host_outside;
  Ipv4Addr remote;
  L4Port remote_port;
  L4Port host_port;
};

Ends any_ends() {
  const auto address = [] { return Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()}; };
  const auto port = [] { return L4Port{*rc::gen::arbitrary<std::uint16_t>()}; };
  return {address(), address(), address(), port(), port()};
}

/// As a card computes it: over addresses and ports in the order of the packet.
std::uint32_t toeplitz(const RssHash::Key& key, Ipv4Addr src, Ipv4Addr dst, L4Port src_port,
                       L4Port dst_port, bool with_ports) {
  std::uint32_t words[] = {src.host(), dst.host(),
                           std::uint32_t{src_port.host()} << 16 | dst_port.host()};
  // It is read word by word.
  alignas(std::uint32_t) const RssHash::Key aligned = key;
  return rte_softrss(words, with_ports ? 3 : 2, aligned.data());
}

RssHash any_hash() {
  return RssHash({.random = *rc::gen::arbitrary<std::uint64_t>(),
                  .index_bits = *rc::gen::inRange(1u, RssHash::kMostIndexBits + 1)});
}

RC_GTEST_PROP(RssHash, BothSidesOfATranslationHaveTheIndexThatACardComputes, ()) {
  const RssHash hash = any_hash();
  const Ends e = any_ends();
  const auto mask = static_cast<std::uint32_t>(hash.indices() - 1);
  const std::uint32_t index = hash.index(IpProto::tcp, e.remote, e.remote_port, e.host_port);
  RC_ASSERT(index <= mask);
  const std::uint32_t inside =
      toeplitz(hash.lan_key(), e.host_inside, e.remote, e.host_port, e.remote_port, true);
  const std::uint32_t outside =
      toeplitz(hash.uplink_key(), e.remote, e.host_outside, e.remote_port, e.host_port, true);
  RC_ASSERT((inside & mask) == index);
  RC_ASSERT((outside & mask) == index);
}

RC_GTEST_PROP(RssHash, WithoutPortsTheAddressesAloneCount, ()) {
  const RssHash hash = any_hash();
  const Ends e = any_ends();
  const auto mask = static_cast<std::uint32_t>(hash.indices() - 1);
  const std::uint32_t index = hash.index(IpProto::icmp, e.remote, e.remote_port, e.host_port);
  const std::uint32_t inside = toeplitz(hash.lan_key(), e.host_inside, e.remote, {}, {}, false);
  const std::uint32_t outside =
      toeplitz(hash.uplink_key(), e.remote, e.host_outside, {}, {}, false);
  RC_ASSERT((inside & mask) == index);
  RC_ASSERT((outside & mask) == index);
}

TEST(RssHash, CardsThatDoNotLookAtUdpPortsAreFollowed) {
  const RssHash hash({.random = 5, .udp_ports = false});
  const Ipv4Addr remote = Ipv4Addr::of(9, 9, 9, 9);
  const auto of = [&](IpProto proto, std::uint16_t port) {
    return hash.index(proto, remote, L4Port::from_host(53), L4Port::from_host(port));
  };
  std::set<std::uint8_t> udp;
  std::set<std::uint8_t> tcp;
  for (std::uint16_t port = 2000; port < 2100; ++port) {
    udp.insert(of(IpProto::udp, port));
    tcp.insert(of(IpProto::tcp, port));
  }
  EXPECT_EQ(udp.size(), 1u);
  EXPECT_GT(tcp.size(), 50u);
}

/// Ports one after the other, as hosts choose them, fall on every index once before any twice.
TEST(RssHash, NeighbouringPortsSpreadEvenly) {
  for (std::uint64_t random : {0ull, ~0ull, 0x123456789abcdefull}) {
    const RssHash hash({.random = random});
    std::map<std::uint8_t, unsigned> times;
    for (unsigned port = 32768; port < 32768 + 10 * hash.indices(); ++port)
      ++times[hash.index(IpProto::udp, Ipv4Addr::of(8, 8, 8, 8), L4Port::from_host(443),
                         L4Port::from_host(static_cast<std::uint16_t>(port)))];
    ASSERT_EQ(times.size(), hash.indices());
    for (const auto& [index, count] : times) EXPECT_EQ(count, 10u) << int{index};
  }
}

TEST(RssHash, NeighbouringAddressesSpreadEvenly) {
  const RssHash hash({.random = 77});
  std::set<std::uint8_t> seen;
  for (unsigned i = 0; i < hash.indices(); ++i)
    seen.insert(hash.index(IpProto::icmp, Ipv4Addr::of(10, 1, 2, i), {}, {}));
  EXPECT_EQ(seen.size(), hash.indices());
}

}  // namespace
}  // namespace spillway
