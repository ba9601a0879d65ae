#include "dataplane/conn/rewrite.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dataplane/conn/connection.h"
#include "dataplane/conn/embedded.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

using Bytes = std::vector<std::uint8_t>;

FlowKey any_key(IpProto proto) {
  FlowKey key;
  key.src = Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()};
  key.dst = Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()};
  key.proto = proto;
  key.src_port = L4Port{*rc::gen::arbitrary<std::uint16_t>()};
  if (proto != IpProto::icmp) key.dst_port = L4Port{*rc::gen::arbitrary<std::uint16_t>()};
  return key;
}

/// What SNAT makes of `original`.
FlowKey translated(const FlowKey& original) {
  FlowKey t = original;
  t.src = Ipv4Addr{*rc::gen::arbitrary<std::uint32_t>()};
  t.src_port = L4Port{*rc::gen::arbitrary<std::uint16_t>()};
  return t;
}

Bytes packet_of(const FlowKey& key, bool reply, const Bytes& payload) {
  test::FrameSpec s;
  s.src = key.src;
  s.dst = key.dst;
  s.proto = key.proto;
  s.src_port = key.src_port.host();
  s.dst_port = key.dst_port.host();
  s.icmp_type = reply ? 0 : 8;
  s.icmp_id = reply ? key.dst_port.host() : key.src_port.host();
  s.payload = payload;
  const Bytes frame = test::build_frame(s);
  return {frame.begin() + 14, frame.end()};
}

IpProto any_proto() {
  return *rc::gen::element(IpProto::tcp, IpProto::udp, IpProto::icmp);
}

RC_GTEST_PROP(Rewrite, R21_GivesThePacketThatCarriesTheOtherTuple, (const Bytes& payload)) {
  const FlowKey from = any_key(any_proto());
  const FlowKey to = translated(from);
  Bytes packet = packet_of(from, false, payload);
  apply(Rewrite::between(from, to), packet.data(), 20, from.proto);
  Bytes expected = packet_of(to, false, payload);
  expected[8] = 63;
  store(expected.data() + 10, load<std::uint16_t>(packet.data() + 10));
  RC_ASSERT(test::checksums_right(packet.data(), packet.size()));
  RC_ASSERT(packet == expected);
}

/// VigNAT's rule and the round trip: what goes out and is mirrored comes back as if it had never
/// been translated.
RC_GTEST_PROP(Rewrite, InboundAfterOutboundIsTheIdentity, (const Bytes& payload)) {
  const FlowKey original = any_key(any_proto());
  const FlowKey to = translated(original);
  const Connection c = make_connection(original, to, zone_of(uplink_id(1)));
  const FlowKey answer = reversed(to, zone_of(uplink_id(1)));
  Bytes packet = packet_of(answer, true, payload);
  apply(c.rewrite[1], packet.data(), 20, original.proto);
  Bytes expected = packet_of(reversed(original, Zone::lan), true, payload);
  expected[8] = 63;
  store(expected.data() + 10, load<std::uint16_t>(packet.data() + 10));
  RC_ASSERT(test::checksums_right(packet.data(), packet.size()));
  RC_ASSERT(packet == expected);
}

RC_GTEST_PROP(Rewrite, VigNatRule_OnlyTupleChecksumsAndTtlChange, (const Bytes& payload)) {
  const FlowKey from = any_key(any_proto());
  const Bytes before = packet_of(from, false, payload);
  Bytes after = before;
  apply(Rewrite::between(from, translated(from)), after.data(), 20, from.proto);
  const std::size_t l4_checksum = from.proto == IpProto::tcp   ? 36
                                  : from.proto == IpProto::udp ? 26
                                                               : 22;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool tuple = i >= 12 && i < (from.proto == IpProto::icmp ? 20u : 24u);
    const bool id = from.proto == IpProto::icmp && (i == 24 || i == 25);
    const bool checksum = i == 10 || i == 11 || i == l4_checksum || i == l4_checksum + 1;
    if (!tuple && !id && !checksum && i != 8) RC_ASSERT(after[i] == before[i]);
  }
}

RC_GTEST_PROP(Rewrite, AWrongChecksumStaysEquallyWrong, (const Bytes& payload)) {
  const FlowKey from = any_key(*rc::gen::element(IpProto::tcp, IpProto::icmp));
  const FlowKey to = translated(from);
  const Rewrite there = Rewrite::between(from, to);
  const Rewrite back = Rewrite::between(to, from);
  Bytes packet = packet_of(from, false, payload);
  const std::size_t at = from.proto == IpProto::tcp ? 36 : 22;
  packet[at] = static_cast<std::uint8_t>(packet[at] ^ *rc::gen::inRange(1, 256));
  const auto wrong = load<std::uint16_t>(packet.data() + at);
  apply(there, packet.data(), 20, from.proto);
  RC_ASSERT(!test::checksums_right(packet.data(), packet.size()));
  apply(back, packet.data(), 20, from.proto);
  const auto same = [](std::uint16_t x) { return x == 0xffff ? std::uint16_t{0} : x; };
  RC_ASSERT(same(load<std::uint16_t>(packet.data() + at)) == same(wrong));
}

RC_GTEST_PROP(Connection, BothKeysFollowFromTheRewrites, ()) {
  const FlowKey original = any_key(any_proto());
  const FlowKey to = translated(original);
  const Connection c = make_connection(original, to, zone_of(uplink_id(3)));
  RC_ASSERT(c.original_key() == original);
  RC_ASSERT(c.reply_key() == reversed(to, zone_of(uplink_id(3))));
}

RC_GTEST_PROP(FlowKey, ReversingTwiceChangesNothing, ()) {
  const FlowKey key = any_key(IpProto::udp);
  RC_ASSERT(reversed(reversed(key, zone_of(uplink_id(2))), key.zone) == key);
}

/// An error about a translated packet comes back as an error about the original one.
RC_GTEST_PROP(Embedded, R18_ErrorsAreTurnedBackInsideAndOutside, ()) {
  const IpProto proto = any_proto();
  FlowKey original = any_key(proto);
  original.zone = Zone::lan;
  const FlowKey to = translated(original);
  const Zone zone = zone_of(uplink_id(0));
  const Connection c = make_connection(original, to, zone);
  const Bytes payload(static_cast<std::size_t>(*rc::gen::inRange(0, 40)), 0x5a);
  Bytes embedded = packet_of(to, false, payload);
  const auto cut =
      static_cast<std::size_t>(*rc::gen::inRange(28, static_cast<int>(embedded.size()) + 1));
  embedded.resize(std::min(cut, embedded.size()));
  test::FrameSpec outer;
  outer.src = Ipv4Addr::of(9, 9, 9, 9);
  outer.dst = to.src;
  const Bytes frame = test::build_icmp_error(outer, 11, 0, embedded);
  Bytes packet(frame.begin() + 14, frame.end());
  const IcmpError error(packet.data(), 20, packet.size());
  RC_ASSERT(error.inner().kind == PacketKind::flow);
  RC_ASSERT(answer_key(error.inner(), zone) == c.reply_key());
  error.translate(c.rewrite[1], {zone, Zone::lan, 1});
  RC_ASSERT(test::checksums_right(packet.data(), packet.size()));
  RC_ASSERT(load<std::uint32_t>(packet.data() + 16) == original.src.be);
  Bytes expected = packet_of(original, false, payload);
  const bool has_checksum = proto != IpProto::tcp || embedded.size() >= 38;
  expected.resize(embedded.size());
  const Bytes inside(packet.begin() + 28, packet.end());
  if (has_checksum) RC_ASSERT(inside == expected);
  RC_ASSERT(header_checksum_ok(inside.data(), 5));
}

}  // namespace
}  // namespace spillway
