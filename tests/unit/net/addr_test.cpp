#include "dataplane/net/addr.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

TEST(Addr, ParsesAndPrintsDottedQuads) {
  ASSERT_TRUE(parse_ipv4("192.168.22.1"));
  EXPECT_EQ(*parse_ipv4("192.168.22.1"), Ipv4Addr::of(192, 168, 22, 1));
  EXPECT_EQ(to_string(Ipv4Addr::of(1, 1, 1, 32)), "1.1.1.32");
}

TEST(Addr, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "1.1.1", "1.1.1.1.1", "256.1.1.1", "1.1.1.a", "01.1.1.1", "1..1.1",
                           " 1.1.1.1", "1.1.1.1 ", "-1.1.1.1", "1.1.1.1/24"}) {
    EXPECT_FALSE(parse_ipv4(text)) << text;
  }
}

TEST(Addr, PrefixRefusesHostBitsAndContainsItsHosts) {
  EXPECT_FALSE(parse_prefix("192.168.22.1/24"));
  const auto lan = parse_prefix("192.168.22.0/24");
  ASSERT_TRUE(lan);
  EXPECT_TRUE(lan->contains(Ipv4Addr::of(192, 168, 22, 255)));
  EXPECT_FALSE(lan->contains(Ipv4Addr::of(192, 168, 23, 0)));
  EXPECT_EQ(lan->broadcast(), Ipv4Addr::of(192, 168, 22, 255));
  EXPECT_TRUE(parse_prefix("0.0.0.0/0")->contains(Ipv4Addr::of(8, 8, 8, 8)));
  EXPECT_EQ(parse_prefix("8.8.8.8")->length, 32);
  EXPECT_FALSE(parse_prefix("1.0.0.0/33"));
}

TEST(Addr, InterfaceKeepsItsHostPart) {
  const auto wan = parse_interface("1.1.1.32/24");
  ASSERT_TRUE(wan);
  EXPECT_EQ(wan->address, Ipv4Addr::of(1, 1, 1, 32));
  EXPECT_EQ(to_string(wan->network()), "1.1.1.0/24");
  EXPECT_FALSE(parse_interface("1.1.1.32"));
}

TEST(Addr, MacRoundTripAndRefusals) {
  ASSERT_TRUE(parse_mac("02:00:0a:Ff:00:01"));
  EXPECT_EQ(to_string(*parse_mac("02:00:0a:Ff:00:01")), "02:00:0a:ff:00:01");
  for (const char* text : {"", "02:00:0a:ff:00", "02-00-0a-ff-00-01", "02:00:0a:ff:00:0g"}) {
    EXPECT_FALSE(parse_mac(text)) << text;
  }
}

}  // namespace
}  // namespace spillway
