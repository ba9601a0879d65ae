#pragma once
// A pipeline with one LAN and one uplink, and packets prepared in memory: what is measured is the
// packets' way and nothing else.

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "dataplane/path/pipeline.h"
#include "tests/bench/traffic.h"

struct rte_mempool;

namespace spillway::bench {

/// Times are TSC clocks; each call says for how many packets or connections. Throws
/// std::runtime_error when a packet does not become what it should.
class BenchRouter {
 public:
  /// `id` tells apart those that one process has at the same time.
  BenchRouter(std::uint32_t connections, Mix mix, unsigned id = 0);
  ~BenchRouter();
  BenchRouter(const BenchRouter&) = delete;
  BenchRouter& operator=(const BenchRouter&) = delete;

  /// Opens every connection in a random order; clocks for each. UDP, or for IMIX both.
  double open_all();
  /// Packets of random connections, directions alternating burst by burst; clocks for each.
  double established(std::uint32_t bursts);
  /// The same, each burst followed by `beside`, whose clocks count.
  template <typename Beside>
  double established_beside(std::uint32_t bursts, Beside&& beside) {
    std::uint64_t clocks = 0;
    for (std::uint32_t b = 0; b < bursts; ++b) {
      clocks += burst_of_established(b % 2 == 1);
      const std::uint64_t start = now();
      beside();
      clocks += now() - start;
    }
    return static_cast<double>(clocks) / (static_cast<double>(bursts) * kBurst);
  }
  /// A FIN of each side of every connection, and the ACKs; clocks for each of the four packets.
  double close_all();
  /// Ends every connection that is over; clocks for each.
  double expire_all();
  /// Their uplink is dead and all are ended by an order, as far as others are usable; clocks for
  /// each.
  double evict_all();
  /// One packet from outside for every connection, which must be delivered; clocks for each.
  double answer_all();
  /// Offers so many connections beyond those of the table; how many of them it opened.
  std::uint32_t open_beyond(std::uint32_t more);
  /// Packets from the uplink that belong to nothing; clocks for each.
  double scanned(std::uint32_t bursts);

  /// From here on packets belong to the first so many connections; the others are left to
  /// themselves.
  void keep_to(std::uint32_t connections) { connections_ = connections; }
  void pass(std::chrono::milliseconds time);
  Pipeline& pipeline() { return *pipeline_; }
  std::uint32_t connections() const { return connections_; }
  double bytes_per_connection();
  static std::uint64_t now();

 private:
  struct Side {
    bool reply = false;
    std::uint8_t flags = 0;
  };
  std::vector<std::uint32_t> shuffled();
  std::uint32_t any_connection();
  std::uint64_t burst_of_established(bool reply);
  void prepare(std::uint32_t i, std::uint32_t connection, Side side, std::size_t length);
  void put(std::uint32_t i, const std::vector<std::uint8_t>& frame);
  std::uint64_t run(PortIndex port, std::uint32_t n);
  void expect_sent(PortIndex port, std::uint32_t n);
  double run_all(Side side, std::uint32_t& packets);
  std::uint8_t* ip(std::uint32_t i);

  std::uint32_t connections_;
  Mix mix_;
  ConfigSnapshot config_;
  std::unique_ptr<Pipeline> pipeline_;
  rte_mempool* pool_;
  ActiveCell active_;
  TimePoint time_{std::chrono::seconds(1)};
  Burst burst_;
  std::array<rte_mbuf*, kBurst> kept_{};
  std::vector<L4Port> wan_port_;
  std::array<std::vector<std::uint8_t>, 2> templates_;  ///< by parity of the connection
  std::mt19937 random_{42};
};

}  // namespace spillway::bench
