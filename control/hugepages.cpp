#include "control/hugepages.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>

namespace spillway {
namespace {

constexpr std::uint64_t kUsualKib = 2048;

/// Free pages by their size in KiB.
std::map<std::uint64_t, std::uint64_t> free_pages(const std::string& root) {
  std::map<std::uint64_t, std::uint64_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    const std::string name = entry.path().filename().string();
    constexpr std::string_view before = "hugepages-";
    if (name.rfind(before, 0) != 0) continue;
    std::uint64_t count = 0;
    std::ifstream(entry.path() / "free_hugepages") >> count;
    found[std::strtoull(name.c_str() + before.size(), nullptr, 10)] = count;
  }
  return found;
}

}  // namespace

HugepageChoice choose_pages(std::size_t memory_mib, const std::string& root) {
  const std::string need = "memory: " + std::to_string(memory_mib) + " MiB in ";
  std::uint64_t usual = 0;
  for (const auto& [kib, count] : free_pages(root)) {
    if (kib == kUsualKib) usual = count;
    if (kib * count / 1024 < memory_mib) continue;
    const std::string size =
        kib >= 1u << 20 ? std::to_string(kib >> 20) + " GiB" : std::to_string(kib / 1024) + " MiB";
    return {true, need + "hugepages of " + size, {}};
  }
  const std::uint64_t wanted = (memory_mib * 1024 + kUsualKib - 1) / kUsualKib;
  const std::string free = std::to_string(usual) + " hugepages of 2 MiB are free, ";
  return {false,
          need + "ordinary pages: " + free + std::to_string(wanted) +
              " would do and be faster (sysctl vm.nr_hugepages)",
          free + std::to_string(wanted) +
              " are needed (sysctl vm.nr_hugepages=" + std::to_string(wanted) + ")"};
}

}  // namespace spillway
