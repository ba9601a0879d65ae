#pragma once
// What DPDK's telemetry is answered, by endpoint. Whole numbers and text alone: it knows no others.

#include <nlohmann/json.hpp>
#include <string>

#include "control/metrics/router_snapshot.h"

namespace spillway::telemetry {

/// Answers the endpoint `/spillway/...`; `parameters` stand behind its comma, and may be empty.
/// A mistake in them is answered by a text at `error`. Thread contract: any.
using Answer = nlohmann::ordered_json (*)(const RouterSnapshot& snapshot,
                                          const std::string& parameters);

struct Endpoint {
  const char* path;
  const char* help;
  Answer answer;
};

inline constexpr std::size_t kEndpoints = 7;
extern const std::array<Endpoint, kEndpoints> endpoints;

}  // namespace spillway::telemetry
