#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace spillway::replay {

/// Writes Ethernet frames as pcapng (draft-ietf-opsawg-pcapng) with nanosecond times and nothing
/// that differs from run to run. Thread contract: one thread.
class PcapngWriter {
 public:
  /// Throws std::runtime_error naming `path` when it cannot be made.
  PcapngWriter(const std::string& path, const std::string& interface_name);

  /// `time_ns` since 1970.
  void write(std::int64_t time_ns, std::span<const std::uint8_t> frame);

  /// Throws std::runtime_error naming the file when anything could not be written.
  void close();

 private:
  struct FileClose {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };

  void write_block(std::uint32_t type, std::span<const std::uint8_t> body);

  std::string path_;
  std::unique_ptr<std::FILE, FileClose> file_;
};

}  // namespace spillway::replay
