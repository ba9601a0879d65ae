// Sends the frames of a file out of a Linux interface, over and over, as fast as one CPU can, and
// prints the TSC clocks that each took: all that the kernel does with a frame on the spot, on the
// other side of a veth too, is in them. usage: flood INTERFACE CAPTURE FRAMES

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <sys/socket.h>
#include <unistd.h>
#include <x86intrin.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Frame = std::vector<std::uint8_t>;

constexpr std::size_t kAtOnce = 64;

std::vector<Frame> read_frames(const char* path) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* file = pcap_open_offline(path, error.data());
  if (file == nullptr) throw std::runtime_error(error.data());
  std::vector<Frame> frames;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  while (pcap_next_ex(file, &header, &bytes) == 1)
    frames.emplace_back(bytes, bytes + header->caplen);
  pcap_close(file);
  if (frames.empty()) throw std::runtime_error(std::string(path) + " has no frames");
  return frames;
}

int open_interface(const char* name) {
  const int fd = socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(if_nametoindex(name));
  constexpr int yes = 1;
  if (fd < 0 || address.sll_ifindex == 0 ||
      bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) != 0)
    throw std::runtime_error(std::string(name) + ": " + std::strerror(errno));
  return fd;
}

double flood(int fd, std::vector<Frame>& frames, std::uint64_t count) {
  std::array<mmsghdr, kAtOnce> messages{};
  std::array<iovec, kAtOnce> parts{};
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  std::size_t next = 0;
  const std::uint64_t start = __rdtsc();
  for (std::uint64_t sent = 0; sent < count;) {
    for (iovec& part : parts) {
      part = {frames[next].data(), frames[next].size()};
      next = next + 1 < frames.size() ? next + 1 : 0;
    }
    const int n = sendmmsg(fd, messages.data(), kAtOnce, 0);
    if (n < 0 && errno != ENOBUFS) throw std::runtime_error(std::strerror(errno));
    sent += n > 0 ? static_cast<std::uint64_t>(n) : 0;
  }
  return static_cast<double>(__rdtsc() - start) / static_cast<double>(count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: flood INTERFACE CAPTURE FRAMES\n", stderr);
    return 2;
  }
  try {
    std::vector<Frame> frames = read_frames(argv[2]);
    const int fd = open_interface(argv[1]);
    std::printf("%.1f\n", flood(fd, frames, std::strtoull(argv[3], nullptr, 10)));
    close(fd);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "flood: %s\n", e.what());
    return 1;
  }
}
