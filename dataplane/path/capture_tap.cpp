#include "dataplane/path/capture_tap.h"

#include <pcap/bpf.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <algorithm>
#include <cstring>

namespace spillway {
namespace {

constexpr std::uint32_t kMacs = 12;
/// What filters look at of a tagged frame: beyond all headers.
constexpr std::uint32_t kScratch = 256;

/// Bytes `from`.. of a packet that may lie in several buffers.
void read_bytes(const rte_mbuf* packet, std::uint32_t from, std::uint32_t length,
                std::uint8_t* to) noexcept {
  if (length == 0) return;
  const void* at = rte_pktmbuf_read(packet, from, length, to);
  if (at != nullptr && at != to) std::memcpy(to, at, length);
}

/// The first `length` bytes of a frame, its tag left out.
void read_untagged(const rte_mbuf* packet, std::uint32_t tag, std::uint32_t length,
                   std::uint8_t* to) noexcept {
  const std::uint32_t first = tag == 0 ? length : std::min(length, kMacs);
  read_bytes(packet, 0, first, to);
  read_bytes(packet, first + tag, length - first, to + first);
}

}  // namespace

void CaptureTap::change_to(unsigned worker) noexcept {
  serial_ = order_->serial;
  lane_ = &order_->lanes[worker];
  // They belonged to another capture, and went with it.
  spare_count_ = 0;
  waiting_count_ = 0;
}

void CaptureTap::received(PortIndex port, std::span<rte_mbuf* const> packets) noexcept {
  if (!order_->covers(port)) return;
  for (const rte_mbuf* packet : packets) {
    CapturedFrame* frame = fits(packet, 0) ? copy(port, packet, 0) : nullptr;
    if (frame != nullptr) rte_ring_sp_enqueue(lane_->full, frame);
  }
}

void CaptureTap::sending(PortIndex port, std::span<rte_mbuf* const> packets,
                         std::uint32_t tag) noexcept {
  waiting_count_ = 0;
  if (!order_->covers(port)) return;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    CapturedFrame* frame = fits(packets[i], tag) ? copy(port, packets[i], tag) : nullptr;
    if (frame == nullptr) continue;
    frame->sent = true;
    waiting_[waiting_count_++] = {frame, i};
  }
}

void CaptureTap::have_sent(std::size_t sent) noexcept {
  for (std::size_t i = 0; i < waiting_count_; ++i) {
    const Waiting& waiting = waiting_[i];
    if (waiting.position < sent)
      rte_ring_sp_enqueue(lane_->full, waiting.frame);
    else
      spare_[spare_count_++] = waiting.frame;
  }
  waiting_count_ = 0;
}

bool CaptureTap::fits(const rte_mbuf* packet, std::uint32_t tag) const noexcept {
  if (order_->filter == nullptr) return true;
  if (tag == 0)
    return bpf_filter(order_->filter, rte_pktmbuf_mtod(packet, const u_char*), packet->pkt_len,
                      packet->data_len) != 0;
  std::array<std::uint8_t, kScratch> scratch;
  const std::uint32_t length = packet->pkt_len - tag;
  const std::uint32_t readable = std::min(length, kScratch);
  read_untagged(packet, tag, readable, scratch.data());
  return bpf_filter(order_->filter, scratch.data(), length, readable) != 0;
}

/// Null when there is no room.
CapturedFrame* CaptureTap::copy(PortIndex port, const rte_mbuf* packet,
                                std::uint32_t tag) noexcept {
  CapturedFrame* frame = take_empty();
  if (frame == nullptr) {
    lane_->lost.add(1);
    return nullptr;
  }
  frame->time = now_;
  frame->length = packet->pkt_len - tag;
  frame->kept = std::min(frame->length, order_->most);
  frame->port = port;
  frame->sent = false;
  read_untagged(packet, tag, frame->kept, frame->bytes());
  return frame;
}

CapturedFrame* CaptureTap::take_empty() noexcept {
  if (spare_count_ > 0) return spare_[--spare_count_];
  void* frame = nullptr;
  return rte_ring_sc_dequeue(lane_->empty, &frame) == 0 ? static_cast<CapturedFrame*>(frame)
                                                        : nullptr;
}

}  // namespace spillway
