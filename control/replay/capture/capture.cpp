#include "control/replay/capture/capture.h"

#include <pcap/pcap.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "control/replay/capture/gzip_stream.h"
#include "control/replay/capture/link_layer.h"

namespace spillway::replay {
namespace {

constexpr std::size_t kMagicLength = 4;

struct FileClose {
  void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

File open_file(const std::string& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) throw CaptureError(path + ": cannot be opened: " + std::strerror(errno));
  return file;
}

/// The first bytes, or fewer at the end; the file is left at its start.
std::string peek(std::FILE* file) {
  std::string magic(kMagicLength, '\0');
  magic.resize(std::fread(magic.data(), 1, magic.size(), file));
  std::rewind(file);
  return magic;
}

bool is_gzip(const std::string& magic) {
  return magic.size() >= 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
}

bool is_pcapng(const std::string& magic) {
  return magic == std::string("\x0a\x0d\x0d\x0a");
}

}  // namespace

struct CaptureReader::Impl {
  struct PcapClose {
    void operator()(pcap_t* p) const noexcept { pcap_close(p); }
  };

  std::string path;
  bool gzip = false;
  bool pcapng = false;
  std::shared_ptr<std::string> gzip_error;  ///< set by the stream when the compressed data is bad
  std::unique_ptr<pcap_t, PcapClose> pcap;
  int link = 0;
  std::uint64_t frames = 0;
  std::string damage;

  void open();
  void note_damage();
};

void CaptureReader::Impl::open() {
  File file = open_file(path);
  std::string magic = peek(file.get());
  if (magic.empty()) throw CaptureError(path + ": is empty");
  gzip = is_gzip(magic);
  if (gzip) {
    gzip_error = std::make_shared<std::string>();
    magic = gzip_peek(path, kMagicLength);
    file.reset(open_gzip(path, gzip_error));
    if (!file) throw CaptureError(path + ": cannot be opened: " + std::strerror(errno));
  }
  pcapng = is_pcapng(magic);
  char why[PCAP_ERRBUF_SIZE] = {};
  pcap.reset(pcap_fopen_offline_with_tstamp_precision(file.get(), PCAP_TSTAMP_PRECISION_NANO, why));
  if (!pcap) throw CaptureError(path + ": not a readable capture: " + why);
  static_cast<void>(file.release());  // closed with the capture
  link = pcap_datalink(pcap.get());
  if (!link_type_supported(link)) {
    const char* name = pcap_datalink_val_to_name(link);
    throw CaptureError(path + ": link type " + (name != nullptr ? name : "unknown") + " (" +
                       std::to_string(link) + ") carries no IP packets that can be replayed");
  }
}

void CaptureReader::Impl::note_damage() {
  const std::string why =
      gzip_error && !gzip_error->empty() ? *gzip_error : std::string(pcap_geterr(pcap.get()));
  damage = path + ": damaged after frame " + std::to_string(frames) + ": " + why;
}

CaptureReader::CaptureReader(const std::string& path) : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->open();
}

CaptureReader::~CaptureReader() = default;

std::optional<CapturedPacket> CaptureReader::next() {
  if (!impl_->damage.empty()) return std::nullopt;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  const int result = pcap_next_ex(impl_->pcap.get(), &header, &bytes);
  const bool gzip_broken = impl_->gzip_error && !impl_->gzip_error->empty();
  if (result != 1) {
    if (result != PCAP_ERROR_BREAK || gzip_broken) impl_->note_damage();
    return std::nullopt;
  }
  const std::span<const std::uint8_t> frame(bytes, header->caplen);
  const NetworkPart network = find_network_part(impl_->link, frame);
  CapturedPacket packet;
  packet.frame = ++impl_->frames;
  // With nanosecond precision tv_usec holds nanoseconds.
  packet.time_ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 + header->ts.tv_usec;
  packet.ethertype = network.ethertype;
  packet.cast = network.cast;
  packet.bytes = frame.subspan(network.offset);
  packet.missing = header->len > header->caplen ? header->len - header->caplen : 0;
  return packet;
}

const std::string& CaptureReader::damage() const noexcept {
  return impl_->damage;
}

std::string CaptureReader::format() const {
  return std::string(impl_->pcapng ? "pcapng" : "pcap") + (impl_->gzip ? " (gzip)" : "");
}

std::string CaptureReader::link_type() const {
  const char* name = pcap_datalink_val_to_name(impl_->link);
  return name != nullptr ? name : std::to_string(impl_->link);
}

}  // namespace spillway::replay
