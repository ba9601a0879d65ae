#include "control/capture/capture_store.h"

#include <rte_ring.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace spillway {
namespace {

constexpr std::size_t kLine = 64;

void* allocate(std::size_t bytes) {
  void* memory = std::aligned_alloc(kLine, (bytes + kLine - 1) / kLine * kLine);
  if (memory == nullptr) throw std::runtime_error("no memory for a capture");
  return memory;
}

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

CaptureStore::CaptureStore(const CaptureWish& wish, unsigned workers) : lanes_(workers) {
  if (!wish.filter.empty()) filter_.emplace(wish.filter, static_cast<int>(wish.most));
  order_.serial = next_serial();
  order_.ports = wish.ports;
  order_.most = wish.most;
  order_.filter = filter_ ? filter_->program() : nullptr;
  order_.lanes = lanes_;
  for (CaptureLane& lane : lanes_) {
    lane.empty = make_ring();
    lane.full = make_ring();
    fill(lane);
  }
}

/// With room for all frames, so that giving one never fails.
rte_ring* CaptureStore::make_ring() {
  constexpr unsigned count = 2 * kFrames;
  memory_.emplace_back(allocate(static_cast<std::size_t>(rte_ring_get_memsize(count))));
  auto* ring = static_cast<rte_ring*>(memory_.back().get());
  if (rte_ring_init(ring, "capture", count, RING_F_SP_ENQ | RING_F_SC_DEQ) != 0)
    throw std::runtime_error("no ring for a capture");
  return ring;
}

void CaptureStore::fill(CaptureLane& lane) {
  const std::size_t each = (sizeof(CapturedFrame) + order_.most + kLine - 1) / kLine * kLine;
  memory_.emplace_back(allocate(each * kFrames));
  auto* first = static_cast<std::uint8_t*>(memory_.back().get());
  for (std::size_t i = 0; i < kFrames; ++i)
    rte_ring_sp_enqueue(lane.empty, new (first + i * each) CapturedFrame());
}

CapturedFrame* CaptureStore::take(std::size_t worker) noexcept {
  void* frame = nullptr;
  return rte_ring_sc_dequeue(lanes_[worker].full, &frame) == 0 ? static_cast<CapturedFrame*>(frame)
                                                               : nullptr;
}

void CaptureStore::give_back(std::size_t worker, CapturedFrame* frame) noexcept {
  rte_ring_sp_enqueue(lanes_[worker].empty, frame);
}

std::uint64_t CaptureStore::lost() const noexcept {
  std::uint64_t sum = 0;
  for (const CaptureLane& lane : lanes_) sum += lane.lost.get();
  return sum;
}

}  // namespace spillway
