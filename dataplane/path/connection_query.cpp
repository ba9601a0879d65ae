#include "dataplane/path/connection_query.h"

namespace spillway {
namespace {

/// Value 0 stands for "any".
template <typename T>
constexpr bool fits(T wanted, T found) noexcept {
  return wanted == 0 || wanted == found;
}

constexpr bool in_set(std::uint32_t wanted, std::size_t bit) noexcept {
  return wanted == 0 || (bit < 32 && (wanted >> bit & 1u) != 0);
}

}  // namespace

bool ConnectionFilter::matches(const Connection& c) const noexcept {
  if (!fits(proto, static_cast<std::uint8_t>(c.proto))) return false;
  if (!in_set(states, index_of(c.state)) || !in_set(marks, static_cast<std::size_t>(c.mark)) ||
      !in_set(uplinks, index_of(c.uplink)))
    return false;
  const FlowKey there = c.original_key();
  const FlowKey back = c.reply_key();
  const bool ports = fits(source_port, there.src_port.host()) &&
                     fits(destination_port, there.dst_port.host()) &&
                     (either_port == 0 || either_port == there.src_port.host() ||
                      either_port == there.dst_port.host() || either_port == back.src_port.host() ||
                      either_port == back.dst_port.host());
  return ports && source.contains(there.src) && destination.contains(there.dst) &&
         (either.contains(there.src) || either.contains(there.dst) || either.contains(back.src) ||
          either.contains(back.dst));
}

}  // namespace spillway
