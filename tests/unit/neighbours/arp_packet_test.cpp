#include "control/neighbours/arp_packet.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace spillway {
namespace {

const ArpPacket kRequest{ArpPacket::Operation::request,
                         MacAddr{{2, 0, 0, 0, 0, 1}},
                         Ipv4Addr::of(192, 168, 22, 1),
                         {},
                         Ipv4Addr::of(192, 168, 22, 10)};

TEST(ArpPacket, IsWrittenAsRfc826Says) {
  const auto frame = write_arp(kRequest, kBroadcastMac);
  const std::vector<std::uint8_t> expected = {
      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,   0,   0,  0, 0, 1, 8, 6,  // Ethernet
      0,    1,    8,    0,    6,    4,    0,   1,                       // Ethernet, IPv4, request
      2,    0,    0,    0,    0,    1,    192, 168, 22, 1,              // sender
      0,    0,    0,    0,    0,    0,    192, 168, 22, 10};            // target
  EXPECT_EQ(std::vector(frame.begin(), frame.begin() + 42), expected);
  EXPECT_EQ(frame.size(), 60u) << "no runt on the wire";
}

TEST(ArpPacket, ReadsBackWhatWasWritten) {
  ArpPacket reply = kRequest;
  reply.operation = ArpPacket::Operation::reply;
  reply.target_mac = MacAddr{{2, 0, 0, 0, 0, 9}};
  for (const ArpPacket& packet : {kRequest, reply})
    EXPECT_EQ(read_arp(write_arp(packet, kBroadcastMac)), packet);
}

TEST(ArpPacket, R44_WhatIsNoArpForIpv4IsRefused) {
  struct Row {
    std::size_t at;
    std::uint8_t byte;
    const char* why;
  };
  const Row rows[] = {{13, 0x00, "EtherType"},   {15, 6, "hardware"},        {16, 0x86, "protocol"},
                      {18, 8, "address length"}, {19, 16, "address length"}, {21, 3, "operation"},
                      {20, 1, "operation"},      {22, 1, "a group sends"}};
  for (const Row& row : rows) {
    auto frame = write_arp(kRequest, kBroadcastMac);
    frame[row.at] = row.byte;
    EXPECT_EQ(read_arp(frame), std::nullopt) << row.why;
  }
  const auto frame = write_arp(kRequest, kBroadcastMac);
  EXPECT_EQ(read_arp(std::span(frame).first(41)), std::nullopt) << "cut short";
  EXPECT_NE(read_arp(std::span(frame).first(42)), std::nullopt) << "padding is optional";
}

RC_GTEST_PROP(ArpPacket, R44_AnyBytesAreHandled, (const std::vector<std::uint8_t>& bytes)) {
  read_arp(bytes);
}

}  // namespace
}  // namespace spillway
