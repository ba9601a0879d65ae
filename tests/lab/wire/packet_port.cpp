#include "tests/lab/wire/packet_port.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace spillway::wire {
namespace {

constexpr int kKernelBuffer = 8 << 20;  // bytes: a burst at 1 Gbit/s while this process is not run
constexpr std::size_t kMacs = 12;
constexpr std::uint16_t kVlanMask = 0x0fff;

using Tag = std::array<std::uint8_t, 4>;
using Auxiliary = std::array<std::uint8_t, CMSG_SPACE(sizeof(tpacket_auxdata))>;

[[noreturn]] void fail(const std::string& interface, const std::string& what) {
  throw std::runtime_error(interface + ": " + what + ": " + std::strerror(errno));
}

void set(int fd, int level, int option, int value, const std::string& interface) {
  if (setsockopt(fd, level, option, &value, sizeof value) != 0)
    fail(interface, "packet socket option " + std::to_string(option));
}

int open_socket(const std::string& interface) {
  const unsigned index = if_nametoindex(interface.c_str());
  if (index == 0) fail(interface, "no such interface");
  // Protocol 0: nothing is received before the socket is bound to its interface.
  const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail(interface, "packet socket");
  set(fd, SOL_PACKET, PACKET_AUXDATA, 1, interface);
  set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, interface);
  set(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1, interface);
  set(fd, SOL_SOCKET, SO_RCVBUFFORCE, kKernelBuffer, interface);
  set(fd, SOL_SOCKET, SO_SNDBUFFORCE, kKernelBuffer, interface);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail(interface, "bind");
  return fd;
}

tpacket_auxdata auxiliary_of(msghdr& message) {
  tpacket_auxdata data{};
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c))
    if (c->cmsg_level == SOL_PACKET && c->cmsg_type == PACKET_AUXDATA)
      std::memcpy(&data, CMSG_DATA(c), sizeof data);
  return data;
}

Tag tag_bytes(std::uint16_t protocol, std::uint16_t control) {
  return {static_cast<std::uint8_t>(protocol >> 8), static_cast<std::uint8_t>(protocol),
          static_cast<std::uint8_t>(control >> 8), static_cast<std::uint8_t>(control)};
}

iovec io_of(Bytes bytes) {
  return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

PacketPort::PacketPort(const std::string& interface, std::optional<std::uint16_t> vlan)
    : interface_(interface), vlan_(vlan), fd_(open_socket(interface)), buffers_(kBatch) {}

PacketPort::~PacketPort() {
  close(fd_);
}

const std::vector<Bytes>& PacketPort::receive() {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  std::array<Auxiliary, kBatch> auxiliaries;
  for (std::size_t i = 0; i < kBatch; ++i) {
    parts[i] = {buffers_[i].data() + kTagRoom, kLongest};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = auxiliaries[i].data();
    messages[i].msg_hdr.msg_controllen = auxiliaries[i].size();
  }
  // An interface that is down answers ENETDOWN once and receives again when it comes back.
  const int count = recvmmsg(fd_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  received_.clear();
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i)
    if (const auto frame = accept(messages[i].msg_hdr, messages[i].msg_len, buffers_[i]))
      received_.push_back(*frame);
  return received_;
}

/// The kernel takes the outermost tag out of the frame and tells it beside.
std::optional<Bytes> PacketPort::accept(msghdr& message, std::size_t length, Buffer& buffer) {
  const tpacket_auxdata data = auxiliary_of(message);
  const bool tagged = (data.tp_status & TP_STATUS_VLAN_VALID) != 0;
  if ((data.tp_status & TP_STATUS_CSUMNOTREADY) != 0) unfinished_checksums_ += 1;
  std::uint8_t* start = buffer.data() + kTagRoom;
  if (vlan_ && (!tagged || (data.tp_vlan_tci & kVlanMask) != *vlan_)) {
    other_vlan_ += 1;
    return std::nullopt;
  }
  if (vlan_ || !tagged) return Bytes(start, length);
  const bool named = (data.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  const std::uint16_t protocol = named ? data.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q};
  std::memmove(start - kTagRoom, start, kMacs);
  const Tag tag = tag_bytes(protocol, data.tp_vlan_tci);
  std::copy(tag.begin(), tag.end(), start - kTagRoom + kMacs);
  return Bytes(start - kTagRoom, length + kTagRoom);
}

std::size_t PacketPort::send(const std::vector<Bytes>& frames) {
  const Tag tag = tag_bytes(ETH_P_8021Q, vlan_.value_or(0));
  std::array<mmsghdr, kBatch> messages{};
  std::array<std::array<iovec, 3>, kBatch> parts{};
  const std::size_t total = std::min(frames.size(), kBatch);
  for (std::size_t i = 0; i < total; ++i) {
    const std::size_t macs = std::min(vlan_ ? kMacs : 0, frames[i].size());
    parts[i] = {io_of(frames[i].first(macs)), io_of(Bytes(tag).first(vlan_ ? tag.size() : 0)),
                io_of(frames[i].subspan(macs))};
    messages[i].msg_hdr.msg_iov = parts[i].data();
    messages[i].msg_hdr.msg_iovlen = parts[i].size();
  }
  std::size_t sent = 0;
  for (std::size_t at = 0; at < total;) {
    const int n = sendmmsg(fd_, &messages[at], static_cast<unsigned>(total - at), MSG_DONTWAIT);
    // One frame that is refused (too long, interface down) must not keep the others back.
    at += n > 0 ? static_cast<std::size_t>(n) : 1;
    sent += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  return sent;
}

std::uint64_t PacketPort::overrun() {
  tpacket_stats statistics{};
  socklen_t size = sizeof statistics;
  // Reading them sets them to zero.
  if (getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
    overrun_ += statistics.tp_drops;
  return overrun_;
}

}  // namespace spillway::wire
