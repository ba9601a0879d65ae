// Where Prometheus finds the metrics.

#include <charconv>

#include "control/config/parts.h"

namespace spillway::config {
namespace {

struct Listen {
  Ipv4Addr address;
  std::uint16_t port = 0;
};

std::optional<Listen> parse_listen(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv4(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, port);
  if (!address || error != std::errc() || stopped != end || port == 0) return std::nullopt;
  return Listen{*address, port};
}

}  // namespace

std::string Metrics::listen() const {
  return to_string(address) + ":" + std::to_string(port);
}

void read_metrics(Section& root, Config& config) {
  root.group("metrics", [&](Section& section) {
    Metrics& metrics = config.metrics;
    metrics.enabled = section.boolean("enabled").value_or(true);
    if (const auto listen = section.parsed(
            "listen", parse_listen, "an IPv4 address and a port such as \"127.0.0.1:9709\"")) {
      metrics.address = listen->address;
      metrics.port = listen->port;
    }
  });
}

}  // namespace spillway::config
