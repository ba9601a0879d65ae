#include <sstream>

#include "control/replay/report/chart.h"
#include "control/replay/report/drop_text.h"
#include "control/replay/report/format.h"
#include "control/replay/report/writers.h"

namespace spillway::replay {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --fg: #1a1a1a; --bg: #ffffff; --soft: #f1f3f5; --grid: #d8dcdf;
  --quiet: #5c6370; --good: #0b7a4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6e6e6; --bg: #15181b; --soft: #22272b;
  --grid: #3a4046; --quiet: #9aa3ad; --good: #4cc38a; --bad: #ff8a80; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--fg); background: var(--bg);
  max-width: 1000px; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
.verdict { padding: .7rem 1rem; border-radius: .5rem; color: #fff; font-weight: 600; }
.good { background: #0b7a4b; } .bad { background: #b3261e; }
.note { color: var(--quiet); } .warn { border-left: .25rem solid #e69f00; padding-left: .6rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: .9rem 0; }
.tile { background: var(--soft); border-radius: .5rem; padding: .5rem .9rem; flex: 1 1 8rem; }
.tile b { display: block; font-size: 1.25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--grid);
  vertical-align: top; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.chart { width: 100%; height: auto; } .chart text { fill: var(--fg); font-size: 12px; }
.chart .label { font-weight: 600; } .chart .axis { fill: var(--quiet); }
.chart .grid { stroke: var(--grid); stroke-width: 1; }
.chart .threshold { stroke: var(--fg); stroke-dasharray: 5 4; stroke-width: 1; opacity: .6; }
.chart .rate { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart line.switch { stroke: var(--bad); stroke-width: 1.5; }
.chart text.switch { fill: var(--bad); font-weight: 600; }
)";

class Page {
 public:
  explicit Page(const Report& r) : r_(r) {}

  std::string write() {
    head();
    verdict();
    tiles();
    out_ << to_svg(r_);
    uplinks();
    switches();
    counts("Connections by mark", r_.connections, nullptr);
    counts("Connections by protocol", r_.connections_protocol, nullptr);
    counts("Dropped, by reason", r_.drops, drop_meaning);
    counts("Captured packets not fed to the router", r_.capture.skipped, skip_meaning);
    capture();
    out_ << "<p class=\"note timing\">" << fixed(r_.clocks_per_packet, 0) << " clocks per packet, "
         << fixed(r_.wall_seconds, 2) << " s of real time</p>\n</body></html>\n";
    return out_.str();
  }

 private:
  using Meaning = std::string_view (*)(const std::string&);

  void head() {
    out_ << "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
            "<title>Spillway replay: "
         << escaped(r_.capture.file) << "</title>\n<style>" << kStyle
         << "</style></head>\n<body>\n<h1>Spillway replay of " << escaped(r_.capture.file)
         << "</h1>\n";
  }

  void verdict() {
    if (r_.verified()) {
      out_ << "<p class=\"verdict good\">Verified: " << with_separators(r_.replies_delivered)
           << " replies delivered, none wrong; no connection changed its uplink; counters "
              "balance.</p>\n";
    } else {
      const std::uint64_t wrong = r_.not_delivered + r_.mis_delivered + r_.changed_uplink +
                                  r_.bad_checksum + r_.bad_source + r_.bad_payload + r_.wrong_drop;
      out_ << "<p class=\"verdict bad\">Failed: " << with_separators(wrong) << " packets wrong"
           << (r_.balanced ? "" : ", counters do not balance")
           << ".</p>\n<table><tr><th class=\"n\">"
           << "Frame</th><th class=\"n\">Time</th><th>Failure</th><th>Detail</th></tr>\n";
      for (const Failure& f : r_.failures)
        out_ << "<tr><td class=\"n\">" << f.frame << "</td><td class=\"n\">" << fixed(f.time, 6)
             << "</td><td>" << escaped(f.kind) << "</td><td>" << escaped(f.detail)
             << "</td></tr>\n";
      out_ << "</table>\n";
    }
    if (r_.rounds != 1) out_ << "<p>Played " << with_separators(r_.rounds) << " times.</p>\n";
    if (r_.time_scale != 1)
      out_ << "<p class=\"warn\">Time is scaled: the capture plays " << fixed(r_.time_scale, 3)
           << " times as fast, and all rates are that much higher.</p>\n";
    for (const std::string& warning : r_.capture.warnings)
      out_ << "<p class=\"warn\">" << escaped(warning) << "</p>\n";
  }

  void tile(const std::string& value, const char* what) {
    out_ << "<div class=\"tile\"><b>" << value << "</b>" << what << "</div>\n";
  }

  void tiles() {
    std::uint64_t opened = 0;
    for (const auto& [mark, n] : r_.connections) opened += n;
    out_ << "<div class=\"tiles\">\n";
    tile(with_separators(r_.packets_in), "packets in");
    tile(with_separators(r_.packets_out), "packets out");
    tile(with_separators(r_.packets_dropped), "dropped");
    tile(with_separators(opened), "connections");
    tile(with_separators(r_.switches.size()), "switches");
    tile(with_separators(r_.mis_delivered), "mis-delivered");
    out_ << "</div>\n";
  }

  void uplinks() {
    out_ << "<h2>Uplinks</h2>\n<table><tr><th>Uplink</th><th class=\"n\">Received</th>"
            "<th class=\"n\">Peak</th><th class=\"n\">Sent</th><th class=\"n\">Peak</th>"
            "<th class=\"n\">Connections</th></tr>\n";
    for (const UplinkTotals& u : r_.uplinks)
      out_ << "<tr><td>" << escaped(u.name) << "</td><td class=\"n\">" << bytes_text(u.rx_bytes)
           << "</td><td class=\"n\">" << rate_text(u.peak_rx) << "</td><td class=\"n\">"
           << bytes_text(u.tx_bytes) << "</td><td class=\"n\">" << rate_text(u.peak_tx)
           << "</td><td class=\"n\">" << with_separators(u.connections) << "</td></tr>\n";
    out_ << "</table>\n";
  }

  void switches() {
    out_ << "<h2>Switches of the active uplink</h2>\n<table><tr><th class=\"n\">Time</th>"
            "<th>From</th><th>To</th><th>Because</th><th>Received</th></tr>\n";
    for (const SwitchEvent& s : r_.switches) {
      out_ << "<tr><td class=\"n\">" << fixed(s.time, 3) << " s</td><td>" << escaped(s.from)
           << "</td><td>" << escaped(s.to) << "</td><td>" << escaped(s.cause) << "</td><td>";
      for (const auto& [name, rate] : s.rates)
        out_ << escaped(name) << " " << rate_text(rate) << "<br/>";
      out_ << "</td></tr>\n";
    }
    out_ << "</table>\n";
    for (const OverloadEvent& o : r_.overloads)
      out_ << "<p>" << fixed(o.time, 3) << " s: " << escaped(o.text) << "</p>\n";
  }

  void counts(const char* title, const std::map<std::string, std::uint64_t>& map, Meaning meaning) {
    if (map.empty()) return;
    out_ << "<h2>" << title << "</h2>\n<table>\n";
    for (const auto& [name, n] : map) {
      out_ << "<tr><td>" << escaped(name) << "</td>";
      if (meaning != nullptr) out_ << "<td class=\"note\">" << escaped(meaning(name)) << "</td>";
      out_ << "<td class=\"n\">" << with_separators(n) << "</td></tr>\n";
    }
    out_ << "</table>\n";
  }

  void capture() {
    const CaptureFacts& c = r_.capture;
    out_ << "<h2>Capture</h2>\n<p>" << escaped(c.format) << ", " << escaped(c.link_type) << ", "
         << with_separators(c.frames) << " frames in " << duration_text(c.seconds)
         << ". LAN: " << escaped(c.lan_networks) << ", " << with_separators(c.lan_hosts)
         << " hosts. Configuration: " << escaped(r_.config_file) << ".</p>\n";
    for (const auto& [what, n] : c.adjusted)
      out_ << "<p class=\"note\">" << with_separators(n) << " packets adjusted: " << escaped(what)
           << "</p>\n";
  }

  const Report& r_;
  std::ostringstream out_;
};

}  // namespace

std::string to_html(const Report& report) {
  return Page(report).write();
}

}  // namespace spillway::replay
