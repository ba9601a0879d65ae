// R17: what a SYN announces fits both links.

#include <gtest/gtest.h>

#include "dataplane/net/headers.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMssAt = kEtherHeader + ipv4::min_header + tcp::min_header + 2;

FrameSpec syn(std::uint16_t mss, std::uint8_t flags = tcp::syn) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.dst_port = 443;
  s.tcp_flags = flags;
  s.tcp_options = {2, 4, static_cast<std::uint8_t>(mss >> 8), static_cast<std::uint8_t>(mss)};
  return s;
}

std::uint16_t mss_in(const Fate& fate) {
  EXPECT_TRUE(checksums_right(fate.ip(), fate.frame.size() - kEtherHeader));
  return swap16(load<std::uint16_t>(fate.frame.data() + kMssAt));
}

struct Row {
  const char* what;
  std::uint16_t lan_mtu;
  std::uint16_t wan_mtu;
  std::uint16_t announced;
  std::uint16_t expected;
};

TEST(Clamp, R17_SynAndSynAckByTheSmallerOfBothMtus) {
  const Row rows[] = {
      {"PPPoE", 1500, 1492, 1460, 1452},
      {"the LAN is the narrow one", 1400, 1500, 1460, 1360},
      {"a jumbo LAN", 9000, 1500, 8960, 1460},
      {"equal links", 1500, 1500, 1460, 1460},
      {"lower already", 1500, 1492, 536, 536},
      {"the least link there is", 1500, 68, 1460, 28},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    TestRouter router({.mtu = {row.lan_mtu, row.wan_mtu, row.wan_mtu}});
    const Fate out = router.from_lan(syn(row.announced));
    ASSERT_EQ(out.port, kWan1);
    EXPECT_EQ(mss_in(out), row.expected);
    const Fate back = router.answer(out, syn(row.announced, tcp::syn | tcp::ack_flag));
    ASSERT_EQ(back.port, kLan);
    EXPECT_EQ(mss_in(back), row.expected);
  }
}

TEST(Clamp, R17_EachUplinkByItsOwnMtu) {
  TestRouter router({.mtu = {1500, 1500, 1300}});
  EXPECT_EQ(mss_in(router.from_lan(syn(1460))), 1460);
  router.word.active = kIsp2;
  FrameSpec other = syn(1460);
  other.src_port = 2;
  EXPECT_EQ(mss_in(router.from_lan(other)), 1260);
}

TEST(Clamp, R17_ARetransmittedSynToo) {
  TestRouter router({.mtu = {1500, 1492, 1492}});
  EXPECT_EQ(mss_in(router.from_lan(syn(1460))), 1452);
  EXPECT_EQ(mss_in(router.from_lan(syn(1460))), 1452);
}

TEST(Clamp, R17_OnlySynsAreTouched) {
  TestRouter router({.mtu = {1500, 1492, 1492}});
  router.from_lan(syn(1460));
  EXPECT_EQ(mss_in(router.from_lan(syn(1460, tcp::ack_flag))), 1460);
}

TEST(Clamp, R17_ForwardedPortsToo) {
  TestRouter router({.mtu = {1500, 1492, 1492}});
  const PortForwardSpec web{kIsp1, IpProto::tcp, 80, 80, kHost, 80};
  router.config.forwards = ForwardTable(std::span(&web, 1));
  FrameSpec s = syn(1460);
  s.src = kServer;
  s.dst = kIsp1Address;
  s.dst_port = 80;
  const Fate in = router.packet(kWan1, build_frame(s));
  EXPECT_EQ(mss_in(in), 1452);
  EXPECT_EQ(mss_in(router.answer(in, syn(1460, tcp::syn | tcp::ack_flag))), 1452);
}

TEST(Clamp, R17_LinuxIsHeldToTheUplinksMtu) {
  TestRouter router({.mtu = {1500, 1400, 1492}});
  router.config.local.deliver = true;
  FrameSpec s = syn(1460);
  s.src = kIsp1Address;
  EXPECT_EQ(mss_in(router.from_kernel(s)), 1360);
}

}  // namespace
}  // namespace spillway::test
