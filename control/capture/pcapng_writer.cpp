#include "control/capture/pcapng_writer.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace spillway {
namespace {

enum BlockType : std::uint32_t {
  kSectionHeader = 0x0a0d0d0a,
  kInterfaceDescription = 1,
  kEnhancedPacket = 6,
};
enum Option : std::uint16_t { kEnd = 0, kInterfaceName = 2, kFlags = 2, kTimeResolution = 9 };

/// Of an enhanced packet's flags: which way it went.
constexpr std::uint32_t flags_of(PcapngPacket::Direction direction) {
  return static_cast<std::uint32_t>(direction);
}

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
  begin(std::span(&interface_name, 1), 0);
}

PcapngWriter::PcapngWriter(File file, std::string path, std::span<const std::string> interfaces,
                           std::uint32_t most)
    : path_(std::move(path)), file_(std::move(file)) {
  begin(interfaces, most);
}

void PcapngWriter::begin(std::span<const std::string> interfaces, std::uint32_t most) {
  Body section;
  section.put(kByteOrderMagic).put(std::uint16_t{1}).put(std::uint16_t{0}).put(std::int64_t{-1});
  write_block(kSectionHeader, section.bytes());
  for (const std::string& name : interfaces) {
    Body interface;
    interface.put(kEthernet).put(std::uint16_t{0}).put(most);
    interface.option(kInterfaceName, bytes_of(name));
    interface.option(kTimeResolution, std::span(&kNanoseconds, 1)).option(kEnd, {});
    write_block(kInterfaceDescription, interface.bytes());
  }
}

void PcapngWriter::write(std::int64_t time_ns, std::span<const std::uint8_t> frame) {
  write({.time_ns = time_ns, .bytes = frame});
}

void PcapngWriter::write(const PcapngPacket& packet) {
  const auto time = static_cast<std::uint64_t>(packet.time_ns);
  const auto kept = static_cast<std::uint32_t>(packet.bytes.size());
  Body body;
  body.put(packet.interface)
      .put(static_cast<std::uint32_t>(time >> 32))
      .put(static_cast<std::uint32_t>(time))
      .put(kept)
      .put(packet.length == 0 ? kept : packet.length)
      .put(packet.bytes);
  if (packet.direction != PcapngPacket::Direction::unsaid) {
    const std::uint32_t flags = flags_of(packet.direction);
    body.option(kFlags, {reinterpret_cast<const std::uint8_t*>(&flags), sizeof flags});
    body.option(kEnd, {});
  }
  write_block(kEnhancedPacket, body.bytes());
}

void PcapngWriter::write_block(std::uint32_t type, std::span<const std::uint8_t> body) {
  const auto length = static_cast<std::uint32_t>(body.size() + 12);
  std::fwrite(&type, sizeof type, 1, file_.get());
  std::fwrite(&length, sizeof length, 1, file_.get());
  std::fwrite(body.data(), 1, body.size(), file_.get());
  std::fwrite(&length, sizeof length, 1, file_.get());
  bytes_ += length;
}

void PcapngWriter::close() {
  const bool failed = std::ferror(file_.get()) != 0;
  errno = 0;
  if (std::fclose(file_.release()) != 0 || failed)
    throw std::runtime_error(path_ + ": could not be written completely: " +
                             (errno != 0 ? std::strerror(errno) : "write error"));
}

}  // namespace spillway
