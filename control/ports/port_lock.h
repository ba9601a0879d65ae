#pragma once

#include <string>

namespace spillway {

/// Keeps a second router off a port: a socket in the abstract namespace, which goes with the
/// process and belongs to one network namespace, as Linux interfaces do. Thread contract: control
/// only.
class PortLock {
 public:
  /// Throws std::runtime_error that names the process that has `port`.
  explicit PortLock(const std::string& port);
  ~PortLock();
  PortLock(PortLock&& other) noexcept;
  PortLock& operator=(PortLock&&) = delete;

 private:
  int fd_;
};

}  // namespace spillway
