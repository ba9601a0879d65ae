#pragma once
// Prometheus' way to the router's metrics: HTTP, by threads that control core and workers never
// wait for.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "control/config/config.h"
#include "control/metrics/snapshot_shelf.h"

namespace prometheus {
class Exposer;
}

namespace spillway {

/// Serves GET /metrics as the configuration says. Starting and stopping take time, because clients
/// have to be let go: that happens on a thread of its own. Thread contract: control only.
class MetricsServer {
 public:
  static constexpr unsigned kClients = 8;              ///< served at the same time; some more wait
  static constexpr std::chrono::seconds kPatience{2};  ///< with a client that says nothing

  using Clock = std::function<TimePoint()>;  ///< of the snapshots; called on any thread
  /// Hears of each start: empty when it serves, else why it does not.
  using OnOutcome = std::function<void(const std::string& listen, const std::string& error)>;

  /// `shelf` must outlive this.
  MetricsServer(boost::asio::io_context& loop, const SnapshotShelf& shelf, Clock clock,
                OnOutcome on_outcome);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// Serves like this from soon on; returns at once. Also tries again what did not succeed.
  void configure(const config::Metrics& settings);

 private:
  class Source;

  void change();
  void changed(const std::string& error);

  boost::asio::io_context& loop_;
  OnOutcome on_outcome_;
  std::shared_ptr<Source> source_;
  std::unique_ptr<prometheus::Exposer> server_;  ///< the thread's while it runs
  std::thread thread_;
  std::optional<config::Metrics> wanted_;  ///< after what the thread is doing
  config::Metrics current_;                ///< that it does, or has done
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace spillway
