#pragma once
// Reading a capture of any common kind and link type into IPv4 packets and other frames.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace spillway::replay {

/// The capture could not be read at all: no such file, not a capture, a link type that carries no
/// IP. Exit code 3.
class CaptureError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// How the capturing host saw the frame's link-layer destination.
enum class LinkCast : std::uint8_t { unicast, broadcast, multicast, unknown };

/// One frame with its link layer taken off.
struct CapturedPacket {
  std::uint64_t frame = 0;      ///< from 1, as Wireshark counts
  std::int64_t time_ns = 0;     ///< capture clock; may run backwards
  std::uint16_t ethertype = 0;  ///< host order: 0x0800, 0x86dd, 0x0806, ...; 0 when unknown
  LinkCast cast = LinkCast::unknown;
  std::span<const std::uint8_t> bytes;  ///< from the network header on; valid until the next read
  std::size_t missing = 0;              ///< bytes cut off by the snap length
};

/// Thread contract: one thread.
class CaptureReader {
 public:
  /// Opens `path` ("-" is not accepted: a replay reads its input twice); gzip is recognised by
  /// content. Throws CaptureError.
  explicit CaptureReader(const std::string& path);
  ~CaptureReader();
  CaptureReader(const CaptureReader&) = delete;
  CaptureReader& operator=(const CaptureReader&) = delete;

  /// The next frame, or nothing at the end or at damage (see `damage`).
  std::optional<CapturedPacket> next();

  /// Why reading stopped before the end of the file; empty when it did not. Names the frame.
  const std::string& damage() const noexcept;
  std::string format() const;
  std::string link_type() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spillway::replay
