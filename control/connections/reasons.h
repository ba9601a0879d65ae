#pragma once

#include <string>

#include "control/connections/explanation.h"

namespace spillway {

/// Why a first packet with `key` was placed, or refused, as it was: a sentence.
std::string reason_text(const ExplainState& state, const Placement& placement, const FlowKey& key);

}  // namespace spillway
