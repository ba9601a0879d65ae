#include "control/metrics/telemetry.h"

#include <rte_telemetry.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>

#include "control/metrics/telemetry_answers.h"

namespace spillway {
namespace {

using Json = nlohmann::ordered_json;

// DPDK calls back without saying for whom, and endpoints stay for the life of the process.
std::mutex source_lock;
const SnapshotShelf* source = nullptr;

SnapshotShelf::Item last_snapshot() {
  const std::lock_guard lock(source_lock);
  return source == nullptr ? nullptr : source->last();
}

bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// Keys may hold no others, or DPDK leaves them out.
std::string key_of(const std::string& name) {
  std::string key = name;
  std::replace_if(
      key.begin(), key.end(), [](char c) { return !is_name(c); }, '_');
  return key;
}

/// DPDK 22.11 escapes bytes beyond ASCII in a way that no JSON reader takes.
std::string text_of(const std::string& text) {
  std::string plain = text;
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return plain;
}

void fill(rte_tel_data* data, const Json& json);

void add(rte_tel_data* data, const std::string& name, const Json& value) {
  const std::string key = key_of(name);
  if (value.is_string()) {
    rte_tel_data_add_dict_string(data, key.c_str(), text_of(value.get<std::string>()).c_str());
  } else if (value.is_boolean()) {
    rte_tel_data_add_dict_int(data, key.c_str(), value.get<bool>() ? 1 : 0);
  } else if (value.is_number()) {
    rte_tel_data_add_dict_u64(data, key.c_str(), value.get<std::uint64_t>());
  } else if (rte_tel_data* inner = rte_tel_data_alloc()) {
    fill(inner, value);
    if (rte_tel_data_add_dict_container(data, key.c_str(), inner, 0) != 0) rte_tel_data_free(inner);
  }
}

/// Of a list each item has its number as its key: DPDK 22.11 knows no lists of groups.
void fill(rte_tel_data* data, const Json& json) {
  rte_tel_data_start_dict(data);
  std::size_t number = 0;
  for (const auto& item : json.items())
    add(data, json.is_array() ? std::to_string(number++) : item.key(), item.value());
}

int answer(const char* command, const char* parameters, rte_tel_data* data) {
  try {
    const SnapshotShelf::Item snapshot = last_snapshot();
    if (!snapshot) return -EAGAIN;
    for (const telemetry::Endpoint& endpoint : telemetry::endpoints)
      if (std::strcmp(endpoint.path, command) == 0) {
        fill(data, endpoint.answer(*snapshot, parameters == nullptr ? "" : parameters));
        return 0;
      }
  } catch (const std::exception&) {
    // Nothing may leave a callback of C code.
  }
  return -EINVAL;
}

void register_endpoints() {
  for (const telemetry::Endpoint& endpoint : telemetry::endpoints)
    if (rte_telemetry_register_cmd(endpoint.path, answer, endpoint.help) != 0)
      spdlog::warn("telemetry: DPDK does not take {}", endpoint.path);
}

}  // namespace

Telemetry::Telemetry(const SnapshotShelf& shelf) {
  static std::once_flag once;
  std::call_once(once, register_endpoints);
  const std::lock_guard lock(source_lock);
  source = &shelf;
}

Telemetry::~Telemetry() {
  const std::lock_guard lock(source_lock);
  source = nullptr;
}

}  // namespace spillway
