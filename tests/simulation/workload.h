#pragma once
// What a site asks for: connections one after the other, as people make them or at a constant pace.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace spillway::simulation {

/// A connection before it is placed.
struct Arrival {
  double time = 0;   ///< seconds
  double bytes = 0;  ///< to be received
  double cap = 0;    ///< bit/s that the server and the way to it allow
  double setup = 0;  ///< seconds until the first of them comes
};

/// An endless list of connections by time. Thread contract: one thread.
class Workload {
 public:
  Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;
  virtual ~Workload() = default;
  virtual Arrival next() = 0;
};

/// From `from` on, `factor` times the offered load.
struct LoadStep {
  double from = 0;
  double factor = 1;
};

/// People with browsers, by the distributions that measurements of real traffic have found:
///
/// - pages are asked for as a Poisson process (V. Paxson, S. Floyd: "Wide-area traffic: the failure
///   of Poisson modeling", 1995: sessions are, connections are not);
/// - a page opens connections at once, their number after Pareto with alpha 2.43 from 1 on, and
/// each
///   carries a size that is log-normal (mu 9.357, sigma 1.318 of ln bytes) with a Pareto tail (from
///   133 kB on, 7 % of all) (P. Barford, M. Crovella: "Generating representative web workloads",
///   1998). Their tail has alpha 1.1, whose average takes weeks to settle; here it is 1.2, and the
///   largest is bounded;
/// - speeds are log-normal (H. Balakrishnan et al.: "Analyzing stability in wide-area network
///   performance", 1997);
/// - the first byte comes after three round trips: TCP, TLS (RFC 8446), and the request.
struct WebSettings {
  double offered = 10e6;  ///< bit/s on the average
  std::vector<LoadStep> steps;
  double connections_alpha = 2.43;
  double most_connections = 50;
  double tail_share = 0.07;
  double tail_alpha = 1.2;
  double largest = 200e6;   ///< bytes
  double median_cap = 3e6;  ///< bit/s
  double cap_sigma = 0.8;
  double setup = 0.12;  ///< seconds
};
std::unique_ptr<Workload> web_workload(const WebSettings& settings, std::uint64_t seed);

/// Connections of one speed and one length, at equal distances or (`poisson`) at random ones with
/// the same average: what a constant load is.
struct SteadySettings {
  double offered = 10e6;  ///< bit/s
  double each = 1e6;      ///< bit/s of a connection
  double seconds = 10;    ///< that it takes
  bool poisson = false;
};
std::unique_ptr<Workload> steady_workload(const SteadySettings& settings, std::uint64_t seed);

/// `first`, and besides it `count` connections of `each` bit/s and `seconds` length at `time`.
struct Burst {
  double time = 0;
  std::size_t count = 0;
  double within = 0;  ///< seconds: the time in which they come
  double each = 0;
  double seconds = 0;
};
std::unique_ptr<Workload> with_burst(std::unique_ptr<Workload> first, const Burst& burst);

}  // namespace spillway::simulation
