// R24 as a property: however a datagram was cut, it leaves as the uncut one does.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "dataplane/net/headers.h"
#include "tests/support/fragments.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

TestRouter::Options options_with(std::uint16_t mtu) {
  TestRouter::Options options;
  options.with_fragments = true;
  options.connections = 16;
  options.buffers = 63;
  options.mtu = {9000, mtu, mtu};
  return options;
}

FrameSpec any_datagram() {
  FrameSpec s;
  s.proto = *rc::gen::element(IpProto::udp, IpProto::tcp, IpProto::icmp, static_cast<IpProto>(47));
  s.src_port = *rc::gen::inRange<std::uint16_t>(1, 65535);  // 0 is never kept
  s.ip_id = *rc::gen::arbitrary<std::uint16_t>();
  s.udp_checksum = *rc::gen::arbitrary<bool>();
  s.payload = *rc::gen::container<Bytes>(*rc::gen::inRange<std::size_t>(16, 4000),
                                         rc::gen::arbitrary<std::uint8_t>());
  if (*rc::gen::inRange(0, 4) == 0) s.ip_options = {148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0};
  return s;
}

/// At most as many pieces as the library takes, each of at most one buffer; the headers of a
/// datagram that fills several buffers lie in the first (see R25 in hostile_fragment_test).
std::vector<Bytes> cut_anyhow(const Bytes& frame) {
  constexpr std::size_t kMostCuts = 7;
  constexpr std::size_t kBuffer = 1960;
  const std::size_t data = frame.size() - kEtherHeader - (frame[kEtherHeader] & 15u) * 4u;
  const std::size_t least = frame.size() < kBuffer ? 8 : 136;
  std::vector<std::size_t> cuts;
  for (std::size_t at = kBuffer; at < data; at += kBuffer) cuts.push_back(at);
  const auto more = *rc::gen::inRange<std::size_t>(1, kMostCuts - cuts.size() + 1);
  for (std::size_t i = 0; i < more; ++i)
    cuts.push_back(*rc::gen::inRange<std::size_t>(least / 8, (data - 1) / 8 + 1) * 8);
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cut_at(frame, cuts);
}

std::vector<Bytes> shuffled(std::vector<Bytes> pieces) {
  for (std::size_t left = pieces.size(); left > 1; --left)
    std::swap(pieces[left - 1], pieces[*rc::gen::inRange<std::size_t>(0, left)]);
  return pieces;
}

Bytes through(TestRouter& router, PortIndex from, PortIndex to, const std::vector<Bytes>& frames) {
  std::vector<Bytes> out;
  for (const Sent& sent : router.feed(from, frames)) {
    RC_ASSERT(sent.port == to);
    out.push_back(sent.frame);
  }
  RC_ASSERT(router.pipeline().held() == 0u);
  RC_ASSERT(router.balanced());
  return out.size() == 1 ? out[0] : put_together(out);
}

RC_GTEST_PROP(FragmentProperty, R24_CutOrUncutTheSameLeaves, ()) {
  const auto mtu = *rc::gen::element<std::uint16_t>(576, 1280, 1492, 1500, 9000);
  TestRouter for_whole(options_with(mtu));
  TestRouter for_pieces(options_with(mtu));
  const Bytes frame = build_frame(any_datagram());
  const Bytes whole = through(for_whole, kLan, kWan1, {frame});
  const Bytes joined = through(for_pieces, kLan, kWan1, shuffled(cut_anyhow(frame)));
  RC_ASSERT(!whole.empty());
  RC_ASSERT(joined == whole);
  RC_ASSERT(checksums_right(joined.data() + kEtherHeader, joined.size() - kEtherHeader));
}

/// The answer, through the connection that a datagram has opened.
RC_GTEST_PROP(FragmentProperty, R24_AnswersToo, ()) {
  TestRouter for_whole(options_with(1500));
  TestRouter for_pieces(options_with(1500));
  FrameSpec s = any_datagram();
  s.proto = IpProto::udp;
  const std::vector<Bytes> opening{build_frame([&s] {
    FrameSpec first = s;
    first.payload = {1};
    return first;
  }())};
  RC_ASSERT(through(for_whole, kLan, kWan1, opening) == through(for_pieces, kLan, kWan1, opening));
  s.src = kServer;
  s.dst = kIsp1Address;
  std::swap(s.src_port, s.dst_port);
  const Bytes frame = build_frame(s);
  const Bytes whole = through(for_whole, kWan1, kLan, {frame});
  RC_ASSERT(!whole.empty());
  RC_ASSERT(through(for_pieces, kWan1, kLan, shuffled(cut_anyhow(frame))) == whole);
}

}  // namespace
}  // namespace spillway::test
