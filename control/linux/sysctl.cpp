#include "control/linux/sysctl.h"

#include <fstream>

namespace spillway::linux_side {
namespace {

constexpr char kRoot[] = "/proc/sys/";

bool write(const std::string& key, const std::string& value) {
  std::ofstream file(kRoot + key);
  file << value << std::flush;
  return file.good();
}

}  // namespace

Sysctls::Sysctls(Sysctls&& other) noexcept : before_(std::exchange(other.before_, {})) {}

Sysctls::~Sysctls() {
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) write(at->first, at->second);
}

bool Sysctls::set(const std::string& key, const std::string& value) {
  std::ifstream file(kRoot + key);
  std::string held;
  if (!std::getline(file, held)) return false;
  if (held == value) return true;
  if (!write(key, value)) return false;
  before_.emplace_back(key, held);
  return true;
}

}  // namespace spillway::linux_side
