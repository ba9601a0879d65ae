#pragma once
// One end of the wire: all frames of a Linux interface, by a packet socket.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/lab/wire/direction.h"

namespace spillway::wire {

/// Reads and writes in batches and never waits. Everything that fails at the start throws
/// std::runtime_error with the interface's name.
class PacketPort {
 public:
  static constexpr std::size_t kBatch = 64;

  /// With a VLAN: only its frames belong to the wire; they lose the tag here and get it here.
  PacketPort(const std::string& interface, std::optional<std::uint16_t> vlan);
  ~PacketPort();
  PacketPort(const PacketPort&) = delete;
  PacketPort& operator=(const PacketPort&) = delete;

  int descriptor() const { return fd_; }
  const std::string& interface() const { return interface_; }

  /// What has come, up to kBatch frames; valid until the next call. A frame of the wire's VLAN
  /// comes without its tag, any other tag is part of the frame.
  const std::vector<Bytes>& receive();

  /// How many of them the kernel took; the rest is lost.
  std::size_t send(const std::vector<Bytes>& frames);

  /// Frames that the kernel could not keep until they were read.
  std::uint64_t overrun();

  std::uint64_t other_vlan() const { return other_vlan_; }
  /// Frames whose checksum the sender left to a network card: `ethtool -K DEV tx off` was
  /// forgotten.
  std::uint64_t unfinished_checksums() const { return unfinished_checksums_; }

 private:
  static constexpr std::size_t kTagRoom = 4;
  static constexpr std::size_t kLongest = 65536 + 18;
  using Buffer = std::array<std::uint8_t, kTagRoom + kLongest>;

  std::optional<Bytes> accept(msghdr& message, std::size_t length, Buffer& buffer);

  std::string interface_;
  std::optional<std::uint16_t> vlan_;
  int fd_;
  std::vector<Buffer> buffers_;
  std::vector<Bytes> received_;
  std::uint64_t overrun_ = 0;
  std::uint64_t other_vlan_ = 0;
  std::uint64_t unfinished_checksums_ = 0;
};

}  // namespace spillway::wire
