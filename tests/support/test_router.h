#pragma once
// A pipeline with one LAN and two uplinks, and mbufs to feed it with.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dataplane/path/pipeline.h"
#include "tests/support/frames.h"

struct rte_mempool;

namespace spillway::test {

inline constexpr PortIndex kLan = port_index(0);
inline constexpr PortIndex kWan1 = port_index(1);
inline constexpr PortIndex kWan2 = port_index(2);
inline constexpr UplinkId kIsp1 = uplink_id(0);
inline constexpr UplinkId kIsp2 = uplink_id(1);
inline constexpr Ipv4Addr kHost = Ipv4Addr::of(192, 168, 22, 10);
inline constexpr Ipv4Addr kServer = Ipv4Addr::of(8, 8, 8, 8);
inline constexpr Ipv4Addr kIsp1Address = Ipv4Addr::of(1, 1, 1, 32);
inline constexpr Ipv4Addr kIsp2Address = Ipv4Addr::of(2, 2, 2, 65);
inline constexpr Ipv4Addr kIsp1Gateway = Ipv4Addr::of(1, 1, 1, 1);
inline constexpr Ipv4Addr kIsp2Gateway = Ipv4Addr::of(2, 2, 2, 1);

/// What became of one packet.
struct Fate {
  std::optional<PortIndex> port;      ///< where it left
  std::optional<DropReason> dropped;  ///< why it did not
  bool punted = false;
  std::vector<std::uint8_t> frame;  ///< as it left
  std::vector<std::uint8_t> error;  ///< the ICMP error that its sender got instead

  const std::uint8_t* ip() const { return frame.data() + 14; }
  Ipv4Addr src() const;
  Ipv4Addr dst() const;
  std::uint16_t src_port() const;  ///< host order; identifier for ICMP queries
  std::uint16_t dst_port() const;
};

/// The seed's network: change `config` before the first packet.
class TestRouter {
 public:
  struct Options {
    std::uint32_t connections = 1024;
    std::size_t counted_hosts = 0;
    bool with_punt_ring = true;
    std::size_t neighbours = 512;
  };
  TestRouter() : TestRouter(Options{}) {}
  explicit TestRouter(const Options& options);
  ~TestRouter();

  std::vector<Fate> burst(PortIndex port, const std::vector<std::vector<std::uint8_t>>& frames);
  Fate packet(PortIndex port, const std::vector<std::uint8_t>& frame);
  /// The same in buffers of at most `piece` bytes each.
  Fate scattered(PortIndex port, const std::vector<std::uint8_t>& frame, std::size_t piece);

  /// A packet from kHost to kServer, and the answer to what left.
  Fate from_lan(FrameSpec spec = {});
  Fate answer(const Fate& sent, FrameSpec spec = {});

  void at(std::chrono::milliseconds time) { now_ = TimePoint(time); }
  void pass(std::chrono::milliseconds time) { now_ += time; }
  void expire(std::uint32_t budget = 1000);
  /// R42: what came in is what left, was dropped or punted.
  bool balanced();
  void learn(PortIndex port, Ipv4Addr address);

  ConfigSnapshot config;
  ActiveWord word;
  ActiveCell active;
  Pipeline& pipeline() { return *pipeline_; }
  ConnectionTable& connections() { return pipeline_->connections(); }

 private:
  std::vector<Fate> run(PortIndex port, std::vector<struct rte_mbuf*> packets);

  rte_mempool* pool_;
  rte_ring* punt_ = nullptr;
  std::unique_ptr<Pipeline> pipeline_;
  Burst burst_;
  TimePoint now_{std::chrono::seconds(1000)};
  std::uint64_t sent_ = 0;
};

}  // namespace spillway::test
