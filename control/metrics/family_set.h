#pragma once
// Metrics in Prometheus' own terms: families of one name, one type and one meaning.

#include <prometheus/metric_family.h>

#include <chrono>
#include <string>
#include <vector>

namespace spillway::metrics {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// One family while it is filled. Thread contract: one thread.
class Family {
 public:
  explicit Family(prometheus::MetricFamily& family) : family_(family) {}

  Family& add(double value, Labels labels = {});
  Family& add(std::uint64_t value, Labels labels = {}) {
    return add(static_cast<double>(value), std::move(labels));
  }
  Family& add(bool value, Labels labels = {}) { return add(value ? 1.0 : 0.0, std::move(labels)); }
  Family& add(std::chrono::nanoseconds value, Labels labels = {}) {
    return add(std::chrono::duration<double>(value).count(), std::move(labels));
  }

 private:
  prometheus::MetricFamily& family_;
};

/// In the order of their making. A family is there also while nothing has been added to it.
/// Thread contract: one thread.
class FamilySet {
 public:
  /// `name` without the prefix `spillway_`; that of a counter without `_total`.
  Family counter(const std::string& name, const std::string& help);
  Family gauge(const std::string& name, const std::string& help);

  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace spillway::metrics
