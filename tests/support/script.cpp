#include "tests/support/script.h"

#include "control/config/load.h"
#include "dataplane/net/headers.h"

namespace spillway::test {

config::Config small_config(const std::string& more) {
  return config::parse(
      "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
      "uplinks = ( { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\"; gateway = "
      "\"1.1.1.1\"; },\n"
      "  { name = \"ISP_2\"; port = \"p2\"; address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; } "
      ");\n"
      "limits = { connections = 512; };\n" +
          more,
      "test.conf");
}

Script& Script::frame(Bytes bytes, std::uint32_t original) {
  frames_.push_back({now_ns_, std::move(bytes), original});
  return *this;
}

Script& Script::out(FrameSpec spec) {
  spec.src = kHost;
  if (spec.dst == FrameSpec{}.dst) spec.dst = kServer;
  return frame(build_frame(spec));
}

Script& Script::in(FrameSpec spec) {
  spec.src = kServer;
  spec.dst = kHost;
  std::swap(spec.src_port, spec.dst_port);
  return frame(build_frame(spec));
}

Script& Script::udp_out(std::uint16_t port, std::size_t payload) {
  FrameSpec s;
  s.src_port = port;
  s.payload.assign(payload, 1);
  return out(s);
}

Script& Script::udp_in(std::uint16_t port, std::size_t payload) {
  FrameSpec s;
  s.src_port = port;
  s.payload.assign(payload, 2);
  return in(s);
}

namespace {

FrameSpec segment(std::uint16_t port, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack) {
  FrameSpec s;
  s.proto = IpProto::tcp;
  s.src_port = port;
  s.dst_port = 443;
  s.tcp_flags = flags;
  s.seq = seq;
  s.ack = ack;
  return s;
}

}  // namespace

Script& Script::tcp_out(std::uint16_t port, std::uint8_t flags, std::uint32_t seq,
                        std::uint32_t ack) {
  return out(segment(port, flags, seq, ack));
}

Script& Script::tcp_in(std::uint16_t port, std::uint8_t flags, std::uint32_t seq,
                       std::uint32_t ack) {
  return in(segment(port, flags, seq, ack));
}

Script& Script::tcp_conversation(std::uint16_t port) {
  constexpr std::uint8_t S = tcp::syn;
  constexpr std::uint8_t A = tcp::ack_flag;
  constexpr std::uint8_t F = tcp::fin | tcp::ack_flag;
  tcp_out(port, S, 100).tcp_in(port, S | A, 500, 101).tcp_out(port, A, 101, 501);
  FrameSpec data = segment(port, A, 501, 101);
  data.payload.assign(1000, 0x41);
  in(data);
  return tcp_out(port, A, 101, 1501)
      .tcp_out(port, F, 101, 1501)
      .tcp_in(port, F, 1501, 102)
      .tcp_out(port, A, 102, 1502);
}

replay::Report Script::replay(const config::Config& config, replay::Speed speed,
                              const std::optional<std::string>& out_dir,
                              std::uint32_t rounds) const {
  const TemporaryFile file(pcap_bytes(frames_, {1, false, true}));
  replay::ReplaySettings settings;
  settings.capture = file.path();
  settings.speed = speed;
  settings.out_dir = out_dir;
  settings.rounds = rounds;
  replay::Report report =
      replay::replay(config, settings, replay::scan_capture(file.path(), config, {}));
  report.capture.file = "script";
  return report;
}

}  // namespace spillway::test
