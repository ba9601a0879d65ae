#include "control/metrics/family_set.h"

namespace spillway::metrics {

Family& Family::add(double value, Labels labels) {
  prometheus::ClientMetric& metric = family_.metric.emplace_back();
  metric.label = std::move(labels);
  if (family_.type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return *this;
}

Family FamilySet::counter(const std::string& name, const std::string& help) {
  return Family(families_.emplace_back(prometheus::MetricFamily{
      "spillway_" + name + "_total", help, prometheus::MetricType::Counter, {}}));
}

Family FamilySet::gauge(const std::string& name, const std::string& help) {
  return Family(families_.emplace_back(
      prometheus::MetricFamily{"spillway_" + name, help, prometheus::MetricType::Gauge, {}}));
}

}  // namespace spillway::metrics
