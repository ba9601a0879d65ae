#include "tests/support/capture_files.h"

#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "control/capture/pcapng_writer.h"

namespace spillway::test {
namespace {

void put(Bytes& b, std::uint32_t value, std::size_t size, bool big_endian) {
  for (std::size_t i = 0; i < size; ++i)
    b.push_back(static_cast<std::uint8_t>(value >> 8 * (big_endian ? size - 1 - i : i)));
}

void put_record(Bytes& b, const CaptureFrame& frame, const PcapForm& form) {
  const std::int64_t fraction = frame.time_ns % 1'000'000'000;
  const auto length = static_cast<std::uint32_t>(frame.bytes.size());
  put(b, static_cast<std::uint32_t>(frame.time_ns / 1'000'000'000), 4, form.big_endian);
  put(b, static_cast<std::uint32_t>(form.nanoseconds ? fraction : fraction / 1000), 4,
      form.big_endian);
  put(b, length, 4, form.big_endian);
  put(b, frame.original != 0 ? frame.original : length, 4, form.big_endian);
  b.insert(b.end(), frame.bytes.begin(), frame.bytes.end());
}

Bytes read_file(const std::string& path) {
  Bytes bytes;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) throw std::runtime_error(path);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file))
    bytes.push_back(static_cast<std::uint8_t>(c));
  std::fclose(file);
  return bytes;
}

}  // namespace

Bytes pcap_bytes(const std::vector<CaptureFrame>& frames, const PcapForm& form) {
  Bytes b;
  put(b, form.nanoseconds ? 0xa1b23c4du : 0xa1b2c3d4u, 4, form.big_endian);
  put(b, 2, 2, form.big_endian);
  put(b, 4, 2, form.big_endian);
  put(b, 0, 4, form.big_endian);
  put(b, 0, 4, form.big_endian);
  put(b, 262144, 4, form.big_endian);
  put(b, form.link_type, 4, form.big_endian);
  for (const CaptureFrame& frame : frames) put_record(b, frame, form);
  return b;
}

Bytes pcapng_bytes(const std::vector<CaptureFrame>& frames, std::uint16_t link_type) {
  const TemporaryFile file({});
  PcapngWriter writer(file.path(), "test");
  for (const CaptureFrame& frame : frames) writer.write(frame.time_ns, frame.bytes);
  writer.close();
  Bytes bytes = read_file(file.path());
  bytes[28 + 8] = static_cast<std::uint8_t>(link_type);  // of the interface, behind the section
  return bytes;
}

Bytes gzipped(const Bytes& bytes) {
  const TemporaryFile file({});
  gzFile gz = gzopen(file.path().c_str(), "wb");
  gzwrite(gz, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(gz);
  return read_file(file.path());
}

TemporaryFile::TemporaryFile(const Bytes& bytes) : path_("/tmp/spillway-test-XXXXXX") {
  const int fd = mkstemp(path_.data());
  if (fd < 0) throw std::runtime_error("no temporary file");
  std::FILE* file = fdopen(fd, "wb");
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
}

TemporaryFile::~TemporaryFile() {
  std::remove(path_.c_str());
}

}  // namespace spillway::test
