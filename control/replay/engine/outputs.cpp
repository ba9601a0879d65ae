#include "control/replay/engine/outputs.h"

#include <cctype>
#include <filesystem>

namespace spillway::replay {
namespace {

/// Names come from the configuration and may hold anything.
std::string file_name(const std::string& name, std::size_t port) {
  std::string safe = std::to_string(port) + "-";
  for (const char c : name)
    safe += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ? c : '_';
  return safe + ".pcapng";
}

}  // namespace

Outputs::Outputs(const config::Config& config, const std::optional<std::string>& directory,
                 std::int64_t first_ns)
    : first_ns_(first_ns) {
  if (!directory) return;
  const std::filesystem::path folder(*directory);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw std::runtime_error("cannot make directory " + *directory + ": " + error.message());
  const auto add = [&](const std::string& name) {
    const auto path = folder / file_name(name, files_.size());
    files_.push_back(std::make_unique<PcapngWriter>(path.string(), name));
  };
  for (const auto& lan : config.lans) add(lan.name);
  for (const auto& uplink : config.uplinks) add(uplink.name);
}

void Outputs::write(PortIndex port, TimePoint at, std::span<const std::uint8_t> frame) {
  if (files_.empty()) return;
  files_[index_of(port)]->write(first_ns_ + at.time_since_epoch().count(), frame);
}

void Outputs::close() {
  for (auto& file : files_) file->close();
}

}  // namespace spillway::replay
