#pragma once
// Capture files for tests, byte by byte.

#include <cstdint>
#include <string>
#include <vector>

namespace spillway::test {

using Bytes = std::vector<std::uint8_t>;

struct CaptureFrame {
  std::int64_t time_ns = 0;
  Bytes bytes;
  std::uint32_t original = 0;  ///< length before the snap length cut it; 0: nothing was cut
};

struct PcapForm {
  std::uint32_t link_type = 1;
  bool big_endian = false;
  bool nanoseconds = false;
};

/// A classic pcap file, and a pcapng with one interface.
Bytes pcap_bytes(const std::vector<CaptureFrame>& frames, const PcapForm& form = {});
Bytes pcapng_bytes(const std::vector<CaptureFrame>& frames, std::uint16_t link_type = 1);
Bytes gzipped(const Bytes& bytes);

/// A file that is gone when this goes out of scope.
class TemporaryFile {
 public:
  explicit TemporaryFile(const Bytes& bytes);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace spillway::test
