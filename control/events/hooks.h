#pragma once
// Commands of an admin's that run when something happens: the talk's "On Event" scripts.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/config/config.h"
#include "control/events/event.h"

namespace spillway {

/// Runs them beside the router, never before it: bounded in number and time; what fails is
/// reported. A command gets the facts in its environment and nothing on its standard input. Thread
/// contract: control only.
class Hooks {
 public:
  static constexpr std::size_t kAtOnce = 4;    ///< running
  static constexpr std::size_t kWaiting = 64;  ///< behind them; what comes then is reported as lost

  /// `on_failure` hears of each command that did not do its work, a sentence each.
  using OnFailure = std::function<void(const std::string& command, const std::string& what)>;

  Hooks(boost::asio::io_context& loop, OnFailure on_failure);
  ~Hooks();
  Hooks(const Hooks&) = delete;
  Hooks& operator=(const Hooks&) = delete;

  void configure(std::vector<config::Hook> hooks) { hooks_ = std::move(hooks); }
  /// Starts what is to run upon `event`, or has it wait.
  void hear(const Event& event);

  std::size_t running() const noexcept { return running_.size(); }

 private:
  class Run;
  struct Waiting {
    config::Hook hook;
    std::vector<std::string> environment;
  };

  void start_waiting();
  void start(const Waiting& next);
  void ended(const Run* run);

  boost::asio::io_context& loop_;
  OnFailure on_failure_;
  std::vector<config::Hook> hooks_;
  std::deque<Waiting> waiting_;
  std::vector<std::unique_ptr<Run>> running_;
};

/// "SPILLWAY_EVENT=switch" and so on: all that an event says.
std::vector<std::string> environment_of(const Event& event);

}  // namespace spillway
