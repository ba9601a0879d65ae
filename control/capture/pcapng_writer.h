#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace spillway {

struct FileClose {
  void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

/// A frame and what is said of it beside its bytes.
struct PcapngPacket {
  std::int64_t time_ns = 0;  ///< since 1970
  std::span<const std::uint8_t> bytes;
  std::uint32_t length = 0;  ///< on the wire; 0: as many as there are bytes
  std::uint32_t interface = 0;
  enum class Direction : std::uint8_t { unsaid, received, sent };
  Direction direction = Direction::unsaid;
};

/// Writes Ethernet frames as pcapng (draft-ietf-opsawg-pcapng) with nanosecond times and nothing
/// that differs from run to run. Thread contract: one thread.
class PcapngWriter {
 public:
  /// Of one interface. Throws std::runtime_error naming `path` when it cannot be made.
  PcapngWriter(const std::string& path, const std::string& interface_name);
  /// Into a file that is open; `path` is its name in errors. `most` bytes of a frame are written at
  /// most, 0: all.
  PcapngWriter(File file, std::string path, std::span<const std::string> interfaces,
               std::uint32_t most);

  /// `time_ns` since 1970.
  void write(std::int64_t time_ns, std::span<const std::uint8_t> frame);
  void write(const PcapngPacket& packet);

  std::uint64_t bytes() const noexcept { return bytes_; }  ///< of the file so far
  /// Whether all has been written so far.
  bool good() const noexcept { return std::ferror(file_.get()) == 0; }
  void flush() noexcept { std::fflush(file_.get()); }
  /// Throws std::runtime_error naming the file when anything could not be written.
  void close();

 private:
  void begin(std::span<const std::string> interfaces, std::uint32_t most);
  void write_block(std::uint32_t type, std::span<const std::uint8_t> body);

  std::string path_;
  File file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace spillway
