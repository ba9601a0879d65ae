#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/capture/capture_filter.h"
#include "dataplane/path/capture_tap.h"

namespace spillway {

/// What a person wants to see.
struct CaptureWish {
  std::uint64_t ports = 0;  ///< a bit for each PortIndex
  std::string filter;       ///< a tcpdump expression; empty: all
  std::uint32_t most = 0;   ///< bytes of a frame, more than 0
};

/// An order to the workers, and the memory that frames travel in: workers give up a frame when
/// theirs is used up. Thread contract: immutable, but for what the order says of lanes.
class CaptureStore {
 public:
  static constexpr unsigned kFrames = 4096;  ///< under way, of each worker

  /// Throws std::invalid_argument when the filter is wrong, std::runtime_error without memory.
  CaptureStore(const CaptureWish& wish, unsigned workers);

  const CaptureOrder& order() const noexcept { return order_; }
  /// The next frame of a worker's, or null. Writer only; so is `give_back`.
  CapturedFrame* take(std::size_t worker) noexcept;
  void give_back(std::size_t worker, CapturedFrame* frame) noexcept;
  std::size_t workers() const noexcept { return lanes_.size(); }
  /// Frames for which there was no room so far. Any thread.
  std::uint64_t lost() const noexcept;

 private:
  /// For DPDK's rings, which want to lie on cache lines.
  struct AlignedFree {
    void operator()(void* memory) const noexcept { std::free(memory); }
  };
  using Memory = std::unique_ptr<void, AlignedFree>;

  rte_ring* make_ring();
  void fill(CaptureLane& lane);

  std::optional<CaptureFilter> filter_;
  std::vector<Memory> memory_;
  std::vector<CaptureLane> lanes_;
  CaptureOrder order_;
};

}  // namespace spillway
