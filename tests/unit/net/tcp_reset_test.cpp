#include "dataplane/net/tcp_reset.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "dataplane/net/headers.h"
#include "dataplane/net/parser.h"
#include "tests/support/frames.h"

namespace spillway {
namespace {

RC_GTEST_PROP(TcpReset, IsWellFormedAndSaysWhatItShould,
              (std::uint32_t seq, std::uint32_t ack, std::uint16_t from, std::uint16_t to)) {
  const TcpReset reset{Ipv4Addr::of(8, 8, 8, 8),
                       Ipv4Addr::of(192, 168, 22, 10),
                       L4Port::from_host(from),
                       L4Port::from_host(to),
                       seq,
                       ack};
  std::array<std::uint8_t, kTcpResetLength> packet;
  packet.fill(0xff);
  write_tcp_reset(packet.data(), reset);
  RC_ASSERT(test::checksums_right(packet.data(), packet.size()));
  const ParsedPacket parsed = parse_ipv4(packet.data(), packet.size());
  RC_ASSERT(parsed.kind == PacketKind::flow);
  RC_ASSERT(parsed.src() == reset.src && parsed.dst() == reset.dst);
  RC_ASSERT(parsed.total_length == 40 && parsed.proto == IpProto::tcp);
  RC_ASSERT(parsed.tcp_flags == (tcp::rst | tcp::ack_flag));
  RC_ASSERT(load<std::uint16_t>(packet.data() + 20) == reset.src_port.be);
  RC_ASSERT(load<std::uint16_t>(packet.data() + 22) == reset.dst_port.be);
  RC_ASSERT(swap32(load<std::uint32_t>(packet.data() + 24)) == seq);
  RC_ASSERT(swap32(load<std::uint32_t>(packet.data() + 28)) == ack);
}

}  // namespace
}  // namespace spillway
