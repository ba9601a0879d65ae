#pragma once

#include <string>

namespace spillway::linux_side {

/// Asks an interface's driver for its link: at once, where the kernel's own events may come a
/// second late. Thread contract: control only.
class Carrier {
 public:
  explicit Carrier(const std::string& interface);
  ~Carrier();
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  /// False also when the interface is gone or not up.
  bool up() const noexcept;

 private:
  std::string interface_;
  int fd_;
};

}  // namespace spillway::linux_side
