#include "control/metrics/metrics_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <prometheus/exposer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "control/metrics/families.h"

namespace spillway {
namespace {

sockaddr_in address_of(const config::Metrics& settings) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(settings.port);
  inet_pton(AF_INET, to_string(settings.address).c_str(), &address.sin_addr);
  return address;
}

/// Why nobody can listen there, which the HTTP library does not tell; empty when one can.
std::string why_not(const config::Metrics& settings) {
  const sockaddr_in address = address_of(settings);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool good =
      bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      listen(socket, 1) == 0;
  const int error = errno;
  if (socket >= 0) close(socket);
  return good ? "" : std::strerror(error);
}

std::vector<std::string> options_of(const config::Metrics& settings) {
  const auto patience = std::chrono::milliseconds(MetricsServer::kPatience).count();
  return {"listening_ports",    settings.listen(),
          "num_threads",        std::to_string(MetricsServer::kClients),
          "request_timeout_ms", std::to_string(patience)};
}

void knock(const config::Metrics& settings) {
  const sockaddr_in address = address_of(settings);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  (void)connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  close(socket);
}

/// The HTTP library looks only every two seconds whether it shall end, or when somebody comes.
void end(std::unique_ptr<prometheus::Exposer>& server, const config::Metrics& settings) {
  if (!server) return;
  std::atomic<bool> ended{false};
  std::thread visitor([&] {
    while (!ended.load()) {
      knock(settings);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  server.reset();
  ended = true;
  visitor.join();
}

}  // namespace

/// Read by the server's threads.
class MetricsServer::Source : public prometheus::Collectable {
 public:
  Source(const SnapshotShelf& shelf, Clock clock) : shelf_(shelf), clock_(std::move(clock)) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    const SnapshotShelf::Item snapshot = shelf_.last();
    if (!snapshot) return {};
    return metrics::families_of(*snapshot, clock_());
  }

 private:
  const SnapshotShelf& shelf_;
  Clock clock_;
};

MetricsServer::MetricsServer(boost::asio::io_context& loop, const SnapshotShelf& shelf, Clock clock,
                             OnOutcome on_outcome)
    : loop_(loop),
      on_outcome_(std::move(on_outcome)),
      source_(std::make_shared<Source>(shelf, std::move(clock))) {}

MetricsServer::~MetricsServer() {
  if (thread_.joinable()) thread_.join();
  end(server_, current_);
}

void MetricsServer::configure(const config::Metrics& settings) {
  wanted_ = settings;
  if (!thread_.joinable()) change();
}

/// As long as the thread runs, the server is its own.
void MetricsServer::change() {
  const config::Metrics next = *wanted_;
  wanted_.reset();
  const bool serves = server_ != nullptr;
  if (next == current_ && serves == next.enabled) return;
  const config::Metrics before = std::exchange(current_, next);
  thread_ = std::thread([this, before, next, alive = std::weak_ptr<int>(alive_)] {
    std::string error;
    end(server_, before);
    try {
      if (next.enabled) error = why_not(next);
      if (next.enabled && error.empty()) {
        server_ = std::make_unique<prometheus::Exposer>(options_of(next));
        server_->RegisterCollectable(source_);
      }
    } catch (const std::exception& e) {
      server_.reset();
      error = e.what();
    }
    boost::asio::post(loop_, [this, alive, error] {
      if (!alive.expired()) changed(error);
    });
  });
}

void MetricsServer::changed(const std::string& error) {
  thread_.join();
  if (current_.enabled) on_outcome_(current_.listen(), error);
  if (wanted_) change();
}

}  // namespace spillway
