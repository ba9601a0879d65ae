// What the router does with Linux, on a Linux of its own.

#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "control/linux/netlink.h"
#include "control/linux/sysctl.h"
#include "control/linux/taken_interface.h"
#include "control/linux/tap.h"
#include "control/neighbours/arp_packet.h"
#include "control/ports/card_lock.h"
#include "control/ports/port_lock.h"
#include "tests/linux/own_namespace.h"

namespace spillway::linux_side {
namespace {

using test::OwnNamespace;

constexpr MacAddr kMac{{2, 0, 0, 0, 7, 1}};

class LinuxTest : public OwnNamespace {};

std::string sysctl(const std::string& key) {
  std::ifstream file("/proc/sys/net/" + key);
  std::string value;
  std::getline(file, value);
  return value;
}

template <typename Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}

TEST_F(LinuxTest, ATapHasItsNameAndAddressAndGoesAgain) {
  {
    const Tap tap("companion0", kMac);
    std::ifstream file("/sys/class/net/companion0/address");
    EXPECT_TRUE(exists("companion0"));
    Netlink netlink;
    netlink.set_up("companion0", 1400);
    netlink.add_address("companion0", {Ipv4Addr::of(192, 168, 22, 1), 24});
    const auto found = netlink.find("companion0");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->up);
    EXPECT_TRUE(found->ethernet);
    EXPECT_EQ(found->mtu, 1400);
    ASSERT_EQ(found->addresses.size(), 1u);
    EXPECT_EQ(found->addresses[0], Ipv4Addr::of(192, 168, 22, 1));
  }
  EXPECT_FALSE(exists("companion0"));
}

TEST_F(LinuxTest, AnInterfaceThatExistsIsNotTakenOver) {
  ip("link add LAN type veth peer name other");
  EXPECT_EQ(error_of([] { const Tap tap("LAN", kMac); }),
            "companion interface LAN: an interface of this name exists already");
}

TEST_F(LinuxTest, FramesCrossATapBothWays) {
  Tap tap("t0", kMac);
  Netlink netlink;
  Sysctls sysctls;
  sysctls.set("net/ipv6/conf/t0/disable_ipv6", "1");
  netlink.set_up("t0", 1500);
  netlink.add_address("t0", {Ipv4Addr::of(192, 168, 22, 1), 24});
  ArpPacket question;
  question.sender_mac = MacAddr{{2, 0, 0, 0, 7, 9}};
  question.sender = Ipv4Addr::of(192, 168, 22, 9);
  question.target = Ipv4Addr::of(192, 168, 22, 1);
  auto frame = write_arp(question, kBroadcastMac);
  const iovec parts[] = {{frame.data(), 20}, {frame.data() + 20, frame.size() - 20}};
  ASSERT_TRUE(tap.write(parts)) << "in two pieces";
  // Linux answers before the write returns.
  std::array<std::uint8_t, 2000> room;
  std::optional<ArpPacket> answer;
  for (std::size_t n = tap.read(room); n > 0 && !answer; n = tap.read(room)) {
    const auto arp = read_arp(std::span(room).first(n));
    if (arp && arp->operation == ArpPacket::Operation::reply) answer = arp;
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sender_mac, kMac);
  EXPECT_EQ(answer->target, question.sender);
}

TEST_F(LinuxTest, RoutesComeAndGo) {
  const Tap tap("t0", kMac);
  Netlink netlink;
  netlink.set_up("t0", 1500);
  netlink.add_address("t0", {Ipv4Addr::of(1, 1, 1, 32), 24});
  const auto has_default = [] {
    return std::system("ip route show default | grep -q 'via 1.1.1.1 dev t0.*metric 1001'") == 0;
  };
  netlink.add_route("t0", {}, Ipv4Addr::of(1, 1, 1, 1), 1001);
  netlink.add_route("t0", {}, Ipv4Addr::of(1, 1, 1, 1), 1001);
  EXPECT_TRUE(has_default()) << "twice is no error";
  netlink.remove_route("t0", {}, Ipv4Addr::of(1, 1, 1, 1), 1001);
  EXPECT_FALSE(has_default());
  const std::string error =
      error_of([&] { netlink.add_route("t0", {}, Ipv4Addr::of(9, 9, 9, 9), 1); });
  EXPECT_EQ(error.rfind("t0: cannot have the route to 0.0.0.0/0 via 9.9.9.9: ", 0), 0u) << error;
}

TEST_F(LinuxTest, ATakenInterfaceIsSilencedAndGivenBack) {
  ip("link add eth7 type veth peer name other");
  const std::string before = sysctl("ipv4/conf/eth7/rp_filter");
  {
    Netlink netlink;
    const TakenInterface taken(netlink, "eth7", 1400);
    EXPECT_TRUE(taken.warnings().empty());
    EXPECT_EQ(sysctl("ipv4/conf/eth7/rp_filter"), "1");
    EXPECT_EQ(sysctl("ipv4/conf/eth7/arp_ignore"), "8");
    EXPECT_EQ(sysctl("ipv4/conf/eth7/forwarding"), "0");
    EXPECT_TRUE(netlink.find("eth7")->up);
    EXPECT_EQ(netlink.find("eth7")->mtu, 1400);
  }
  EXPECT_EQ(sysctl("ipv4/conf/eth7/rp_filter"), before);
  EXPECT_EQ(sysctl("ipv4/conf/eth7/arp_ignore"), "0");
}

TEST_F(LinuxTest, WhatCannotBeTakenIsNamed) {
  Netlink netlink;
  EXPECT_EQ(error_of([&] { TakenInterface(netlink, "eth9", 1500); }),
            "there is no such Linux interface");
  EXPECT_EQ(error_of([&] { TakenInterface(netlink, "lo", 1500); }), "is no Ethernet interface");
  ip("link add br0 type bridge");
  ip("link add eth7 type veth peer name other");
  ip("link set eth7 master br0");
  EXPECT_EQ(error_of([&] { TakenInterface(netlink, "eth7", 1500); }),
            "belongs to br0; take it out first: ip link set eth7 nomaster");
}

TEST_F(LinuxTest, AnAddressOfTheKernelOnATakenInterfaceIsAWarning) {
  ip("link add eth7 type veth peer name other");
  ip("addr add 10.0.0.5/24 dev eth7");
  Netlink netlink;
  const TakenInterface taken(netlink, "eth7", 1500);
  ASSERT_EQ(taken.warnings().size(), 1u);
  EXPECT_EQ(taken.warnings()[0],
            "Linux has the address 10.0.0.5 on eth7 and answers there too; remove it: ip addr del "
            "10.0.0.5 dev eth7");
}

TEST_F(LinuxTest, APortBelongsToOneRouterInItsNamespace) {
  const PortLock lock("eth0");
  EXPECT_EQ(error_of([] { PortLock("eth0"); }),
            "is in use by another spillway, process " + std::to_string(getpid()));
  EXPECT_EQ(error_of([] { PortLock("eth1"); }), "");
}

TEST_F(LinuxTest, APortIsFreeAgainAfterItsRouter) {
  { const PortLock lock("eth0"); }
  EXPECT_EQ(error_of([] { PortLock("eth0"); }), "");
}

TEST_F(LinuxTest, R44_ACardBelongsToOneRouterOnTheWholeMachine) {
  std::string folder = "/tmp/locks.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  {
    const CardLock lock("0000:03:00.0", folder);
    const PortLock port("eth0");
    ASSERT_EQ(unshare(CLONE_NEWNET), 0);
    EXPECT_EQ(error_of([&] { CardLock("0000:03:00.0", folder); }),
              "is in use by another spillway, process " + std::to_string(getpid()));
    EXPECT_EQ(error_of([] { PortLock("eth0"); }), "") << "another eth0";
  }
  EXPECT_EQ(rmdir(folder.c_str()), 0) << "nothing is left there";
}

}  // namespace
}  // namespace spillway::linux_side
