#include "dataplane/net/parser.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>

#include "tests/support/frames.h"

namespace spillway {
namespace {

using test::build_frame;
using test::FrameSpec;
using Bytes = std::vector<std::uint8_t>;

const MacAddr kOwn = FrameSpec{}.dst_mac;

/// In a buffer of exactly that size, so that a sanitizer sees any byte read too far.
ParsedPacket parse(const Bytes& frame) {
  const auto exact = std::make_unique<std::uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), exact.get());
  return parse_frame(exact.get(), frame.size(), kOwn);
}

Bytes frame_with(const FrameSpec& spec, std::size_t at, std::uint8_t byte) {
  Bytes frame = build_frame(spec);
  frame[at] = byte;
  return frame;
}

/// Repairs the header checksum after a change.
Bytes repaired(Bytes frame) {
  const std::size_t header = (frame[14] & 15u) * 4u;
  store(frame.data() + 24, std::uint16_t{0});
  store(frame.data() + 24,
        static_cast<std::uint16_t>(~fold(sum_bytes({frame.data() + 14, header}))));
  return frame;
}

FrameSpec of(IpProto proto) {
  FrameSpec s;
  s.proto = proto;
  return s;
}

TEST(Parser, ReadsTheFiveTuple) {
  FrameSpec s = of(IpProto::tcp);
  s.ip_options = {1, 1, 1, 0};
  const ParsedPacket p = parse(build_frame(s));
  ASSERT_EQ(p.kind, PacketKind::flow);
  EXPECT_EQ(p.src(), s.src);
  EXPECT_EQ(p.dst(), s.dst);
  EXPECT_EQ(p.ports & 0xffff, swap16(s.src_port));
  EXPECT_EQ(p.ports >> 16, swap16(s.dst_port));
  EXPECT_EQ(p.l4_offset, 24);
  EXPECT_EQ(p.total_length, 44);
  EXPECT_EQ(p.tcp_flags, s.tcp_flags);
}

TEST(Parser, PaddingOfShortFramesIsNoPartOfThePacket) {
  Bytes frame = build_frame(of(IpProto::udp));
  const ParsedPacket bare = parse(frame);
  frame.resize(60, 0xee);
  EXPECT_EQ(parse(frame).kind, PacketKind::flow);
  EXPECT_EQ(parse(frame).total_length, bare.total_length);
}

TEST(Parser, IcmpQueriesHaveTheirIdentifierOnTheRequestersSide) {
  FrameSpec s = of(IpProto::icmp);
  const ParsedPacket request = parse(build_frame(s));
  EXPECT_EQ(request.ports, std::uint32_t{swap16(s.icmp_id)});
  s.icmp_type = 0;
  EXPECT_EQ(parse(build_frame(s)).ports, std::uint32_t{swap16(s.icmp_id)} << 16);
  s.icmp_type = 13;
  EXPECT_NE(parse(build_frame(s)).ports, request.ports) << "a timestamp is another flow";
}

struct Row {
  const char* what;
  Bytes frame;
  DropReason reason;
};

std::vector<Row> rows() {
  FrameSpec tcp = of(IpProto::tcp);
  FrameSpec udp = of(IpProto::udp);
  FrameSpec strict_route = udp;
  strict_route.ip_options = {137, 3, 4, 0};
  FrameSpec long_option = udp;
  long_option.ip_options = {7, 9, 4, 0};
  FrameSpec no_length = udp;
  no_length.ip_options = {7, 0, 4, 0};
  FrameSpec last_fragment = udp;
  last_fragment.fragment = 0x0010;
  FrameSpec redirect = of(IpProto::icmp);
  redirect.icmp_type = 5;
  const Bytes plain = build_frame(udp);
  return {
      {"no Ethernet header", Bytes(13, 2), DropReason::runt_frame},
      {"nothing at all", {}, DropReason::runt_frame},
      {"to another station", frame_with(udp, 5, 99), DropReason::not_for_us},
      {"VLAN", frame_with(udp, 12, 0x81), DropReason::vlan_tagged},
      {"no IPv4 header", Bytes(plain.begin(), plain.begin() + 20), DropReason::truncated},
      {"version 5", repaired(frame_with(udp, 14, 0x55)), DropReason::bad_ip_header},
      {"header of 16 bytes", frame_with(udp, 14, 0x44), DropReason::bad_ip_header},
      {"total length below the header", repaired(frame_with(udp, 17, 19)),
       DropReason::bad_ip_header},
      {"total length beyond the frame", repaired(frame_with(udp, 17, 200)), DropReason::truncated},
      {"checksum", frame_with(udp, 24, static_cast<std::uint8_t>(plain[24] ^ 1)),
       DropReason::bad_ip_checksum},
      {"strict source route", build_frame(strict_route), DropReason::ip_option},
      {"option beyond the header", build_frame(long_option), DropReason::ip_option},
      {"option without a length", build_frame(no_length), DropReason::ip_option},
      {"later fragment", build_frame(last_fragment), DropReason::fragment},
      {"TCP offset too small", frame_with(tcp, 46, 0x40), DropReason::bad_l4_header},
      {"TCP offset too large", frame_with(tcp, 46, 0xf0), DropReason::bad_l4_header},
      {"UDP length too small", frame_with(udp, 39, 7), DropReason::bad_l4_header},
      {"UDP length too large", frame_with(udp, 39, 9), DropReason::bad_l4_header},
      {"redirect", build_frame(redirect), DropReason::icmp_unsupported},
      {"DCCP", build_frame(of(IpProto::dccp)), DropReason::unsupported_protocol},
  };
}

TEST(Parser, R21_R22_EveryFaultHasItsReason) {
  for (const Row& row : rows()) {
    const ParsedPacket p = parse(row.frame);
    const bool fragment = row.reason == DropReason::fragment;
    EXPECT_EQ(p.kind, fragment ? PacketKind::fragment : PacketKind::drop) << row.what;
    EXPECT_EQ(name_of(p.reason), name_of(row.reason)) << row.what;
  }
}

TEST(Parser, OtherProtocolsAreKnownByTheirAddresses) {
  const ParsedPacket p = parse(build_frame(of(static_cast<IpProto>(47))));
  EXPECT_EQ(p.kind, PacketKind::flow);
  EXPECT_EQ(p.ports, 0u);
}

TEST(Parser, R44_AnyPrefixOfAValidFrameIsHandled) {
  for (const IpProto proto : {IpProto::tcp, IpProto::udp, IpProto::icmp}) {
    FrameSpec s = of(proto);
    s.payload.assign(20, 7);
    const Bytes frame = build_frame(s);
    for (std::size_t n = 0; n < frame.size(); ++n)
      EXPECT_EQ(parse(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n))).kind,
                PacketKind::drop)
          << n;
    EXPECT_EQ(parse(frame).kind, PacketKind::flow);
  }
}

RC_GTEST_PROP(Parser, R44_AnyBytesAreHandled, (Bytes noise)) {
  Bytes frame = build_frame({});
  std::copy_n(noise.begin(), std::min(noise.size(), frame.size() - 14), frame.begin() + 14);
  parse(noise);
  parse(frame);
  parse(repaired([&] {
    frame[14] = static_cast<std::uint8_t>(0x40 | (frame[14] & 15));
    frame.resize(std::max<std::size_t>(frame.size(), 14 + 60));
    return frame;
  }()));
  const auto exact = std::make_unique<std::uint8_t[]>(noise.size());
  std::copy(noise.begin(), noise.end(), exact.get());
  parse_embedded(exact.get(), noise.size());
}

}  // namespace
}  // namespace spillway
