#pragma once

#include <random>

#include "dataplane/conn/flow_hash.h"

namespace spillway {

/// From the machine's source of randomness.
inline HashSecret random_secret() {
  std::random_device source;
  const auto word = [&] { return std::uint64_t{source()} << 32 | source(); };
  return HashSecret{word(), word()};
}

}  // namespace spillway
