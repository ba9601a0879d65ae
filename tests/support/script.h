#pragma once
// A small conversation on a LAN, written down packet by packet, as a capture.

#include "control/replay/engine/replay.h"
#include "tests/support/capture_files.h"
#include "tests/support/frames.h"

namespace spillway::test {

/// The seed's network with a small table; `more` is appended.
config::Config small_config(const std::string& more = "");

class Script {
 public:
  /// A host and a server of the capture, which are not those of the configuration.
  static constexpr Ipv4Addr kHost = Ipv4Addr::of(10, 0, 0, 17);
  static constexpr Ipv4Addr kServer = Ipv4Addr::of(93, 184, 216, 34);

  Script& at(std::int64_t milliseconds) {
    now_ns_ = milliseconds * 1'000'000;
    return *this;
  }
  Script& frame(Bytes bytes, std::uint32_t original = 0);
  Script& out(FrameSpec spec);  ///< from the host
  Script& in(FrameSpec spec);   ///< to the host
  Script& udp_out(std::uint16_t port, std::size_t payload = 10);
  Script& udp_in(std::uint16_t port, std::size_t payload = 10);
  Script& tcp_out(std::uint16_t port, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0);
  Script& tcp_in(std::uint16_t port, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack = 0);
  /// Handshake, one segment each way, and the end.
  Script& tcp_conversation(std::uint16_t port);

  const std::vector<CaptureFrame>& frames() const { return frames_; }
  replay::Report replay(const config::Config& config,
                        replay::Speed speed = replay::Speed::virtual_time,
                        const std::optional<std::string>& out_dir = std::nullopt,
                        std::uint32_t rounds = 1) const;

 private:
  std::vector<CaptureFrame> frames_;
  std::int64_t now_ns_ = 0;
};

}  // namespace spillway::test
