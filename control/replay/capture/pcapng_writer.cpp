#include "control/replay/capture/pcapng_writer.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace spillway::replay {
namespace {

enum BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,
  kInterfaceDescription = 1,
  kEnhancedPacket = 6,
};
enum Option : std::uint16_t { kEnd = 0, kInterfaceName = 2, kTimeResolution = 9 };

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kEthernet = 1;
constexpr std::uint8_t kNanoseconds = 9;

/// Fields in the writer's own byte order, as the format wants, padded to 32 bits.
class Body {
 public:
  template <typename T>
  Body& put(T value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof value);
    return *this;
  }
  Body& put(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    bytes_.resize((bytes_.size() + 3) / 4 * 4);
    return *this;
  }
  Body& option(Option code, std::span<const std::uint8_t> value) {
    return put(static_cast<std::uint16_t>(code))
        .put(static_cast<std::uint16_t>(value.size()))
        .put(value);
  }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

PcapngWriter::PcapngWriter(const std::string& path, const std::string& interface_name)
    : path_(path), file_(std::fopen(path.c_str(), "wb")) {
  if (!file_) throw std::runtime_error(path + ": cannot be written: " + std::strerror(errno));
  Body section;
  section.put(kByteOrderMagic).put(std::uint16_t{1}).put(std::uint16_t{0}).put(std::int64_t{-1});
  write_block(kSectionHeader, section.bytes());
  Body interface;
  interface.put(kEthernet).put(std::uint16_t{0}).put(std::uint32_t{0});
  interface.option(kInterfaceName, bytes_of(interface_name));
  interface.option(kTimeResolution, std::span(&kNanoseconds, 1)).option(kEnd, {});
  write_block(kInterfaceDescription, interface.bytes());
}

void PcapngWriter::write(std::int64_t time_ns, std::span<const std::uint8_t> frame) {
  const auto time = static_cast<std::uint64_t>(time_ns);
  const auto length = static_cast<std::uint32_t>(frame.size());
  Body packet;
  packet.put(std::uint32_t{0})
      .put(static_cast<std::uint32_t>(time >> 32))
      .put(static_cast<std::uint32_t>(time))
      .put(length)
      .put(length)
      .put(frame);
  write_block(kEnhancedPacket, packet.bytes());
}

void PcapngWriter::write_block(std::uint32_t type, std::span<const std::uint8_t> body) {
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  std::fwrite(&type, sizeof type, 1, file_.get());
  std::fwrite(&length, sizeof length, 1, file_.get());
  std::fwrite(body.data(), 1, body.size(), file_.get());
  std::fwrite(&length, sizeof length, 1, file_.get());
}

void PcapngWriter::close() {
  const bool failed = std::ferror(file_.get()) != 0;
  errno = 0;
  if (std::fclose(file_.release()) != 0 || failed)
    throw std::runtime_error(path_ + ": could not be written completely: " +
                             (errno != 0 ? std::strerror(errno) : "write error"));
}

}  // namespace spillway::replay
