#pragma once

#include <sys/uio.h>
#include <cstdint>
#include <span>
#include <string>

#include "dataplane/net/addr.h"

namespace spillway::linux_side {

/// The router's end of a companion interface: what Linux sends by it is read here, what is written
/// here Linux receives. It goes when this ends. Thread contract: control only.
class Tap {
 public:
  /// Throws std::runtime_error, also when an interface of this name exists.
  Tap(const std::string& name, const MacAddr& mac);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  /// One frame into `room`; its length, 0 when there is none.
  std::size_t read(std::span<std::uint8_t> room) noexcept;
  /// False when Linux does not take it.
  bool write(std::span<const iovec> frame) noexcept;

  int descriptor() const noexcept { return fd_; }
  const std::string& name() const noexcept { return name_; }

 private:
  int fd_;
  std::string name_;
};

}  // namespace spillway::linux_side
