#pragma once

#include <string>
#include <utility>
#include <vector>

namespace spillway::linux_side {

/// Settings below /proc/sys that are given back when this ends. Thread contract: control only.
class Sysctls {
 public:
  Sysctls() = default;
  ~Sysctls();
  Sysctls(Sysctls&& other) noexcept;
  Sysctls& operator=(Sysctls&&) = delete;

  /// `key` with slashes: "net/ipv4/conf/eth1/rp_filter". Nothing happens where it holds `value`
  /// already. False when it cannot be set.
  bool set(const std::string& key, const std::string& value);

 private:
  std::vector<std::pair<std::string, std::string>> before_;
};

}  // namespace spillway::linux_side
