#pragma once
// Every metric that Prometheus sees: docs/metrics.md has the table, which tests hold against this.

#include "control/metrics/family_set.h"
#include "control/metrics/router_snapshot.h"

namespace spillway::metrics {

/// `now`: of the same clock as the snapshot. Thread contract: any.
std::vector<prometheus::MetricFamily> families_of(const RouterSnapshot& snapshot, TimePoint now);

// Its parts, a file for each.
void add_router(FamilySet& set, const RouterSnapshot& snapshot, TimePoint now);
void add_traffic(FamilySet& set, const RouterSnapshot& snapshot);
void add_connections(FamilySet& set, const RouterSnapshot& snapshot);
void add_uplinks(FamilySet& set, const RouterSnapshot& snapshot);
void add_steering(FamilySet& set, const RouterSnapshot& snapshot);
void add_workers(FamilySet& set, const RouterSnapshot& snapshot);

}  // namespace spillway::metrics
