#include "control/replay/report/chart.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "control/replay/report/format.h"
#include "control/replay/report/scale.h"

namespace spillway::replay {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 92;
constexpr double kRight = 140;  // room for the thresholds' names
constexpr double kRateTop = 64;
constexpr double kRateHeight = 250;
constexpr double kBarTop = kRateTop + kRateHeight + 40;
constexpr double kBarHeight = 80;
constexpr double kHeight = kBarTop + kBarHeight + 44;
constexpr std::size_t kMostPoints = 600;
constexpr std::size_t kMostBars = 160;
constexpr std::size_t kMostMarkers = 60;

// Okabe and Ito's palette, which the colour-blind can tell apart, then the same again.
constexpr std::array<std::string_view, 8> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                      "#56b4e9", "#e69f00", "#8a6d00", "#888888"};
constexpr std::array<std::string_view, 3> kDashes = {"", "7 3", "2 3"};

std::string at(double value) {
  return fixed(value, 1);
}

struct Span {
  double time = 0;  ///< where it ends
  std::vector<std::uint64_t> peak_rx;
  std::vector<std::uint64_t> opened;
};

/// At most `most` spans of equal length, each with its highest rates and all its connections.
std::vector<Span> condense(const Report& r, std::size_t most) {
  std::vector<Span> spans;
  const std::size_t n = r.uplinks.size();
  const std::size_t group = std::max<std::size_t>(1, (r.samples.size() + most - 1) / most);
  for (std::size_t i = 0; i < r.samples.size(); ++i) {
    if (i % group == 0) {
      spans.emplace_back();
      spans.back().peak_rx.resize(n);
      spans.back().opened.resize(n);
    }
    Span& span = spans.back();
    span.time = r.samples[i].time;
    for (std::size_t u = 0; u < n && u < r.samples[i].rx.size(); ++u) {
      span.peak_rx[u] = std::max(span.peak_rx[u], r.samples[i].rx[u].value);
      span.opened[u] += r.samples[i].new_connections[u];
    }
  }
  return spans;
}

class Chart {
 public:
  explicit Chart(const Report& r) : r_(r) {
    end_ = r.samples.empty() ? 1 : std::max(1e-3, r.samples.back().time);
    double top = 1;
    for (const UplinkTotals& u : r.uplinks)
      top = std::max(top, static_cast<double>(u.peak_rx.value));
    for (const ThresholdLine& t : r.thresholds)
      top = std::max(top, static_cast<double>(t.value.value));
    rate_ticks_ = nice_ticks(top, 6);
  }

  std::string draw() {
    open();
    axes();
    thresholds();
    rates();
    connections();
    switches();
    legend();
    out_ << "</svg>\n";
    return out_.str();
  }

 private:
  double x(double time) const { return kLeft + time / end_ * (kWidth - kLeft - kRight); }
  double y(double rate) const { return kRateTop + kRateHeight * (1 - rate / rate_ticks_.back()); }

  void open() {
    out_ << "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "
         << at(kWidth) << " " << at(kHeight)
         << "\" aria-labelledby=\"chart-title chart-desc\">\n"
            "<title id=\"chart-title\">Rate of each uplink over time</title>\n"
            "<desc id=\"chart-desc\">Received rate of "
         << r_.uplinks.size() << " uplinks over " << fixed(end_, 1) << " seconds with "
         << r_.switches.size()
         << " switches of the active uplink; below, new connections.</desc>\n";
  }

  void text(double px, double py, std::string_view anchor, std::string_view what,
            std::string_view kind = "axis") {
    out_ << "<text class=\"" << kind << "\" x=\"" << at(px) << "\" y=\"" << at(py)
         << "\" text-anchor=\"" << anchor << "\">" << escaped(what) << "</text>\n";
  }

  void line(double x1, double y1, double x2, double y2, std::string_view kind) {
    out_ << "<line class=\"" << kind << "\" x1=\"" << at(x1) << "\" y1=\"" << at(y1) << "\" x2=\""
         << at(x2) << "\" y2=\"" << at(y2) << "\"/>\n";
  }

  void axes() {
    for (const double rate : rate_ticks_) {
      line(kLeft, y(rate), kWidth - kRight, y(rate), "grid");
      text(kLeft - 8, y(rate) + 4, "end", rate_text({static_cast<std::uint64_t>(rate)}));
    }
    const double step = nice_step(end_, 8);
    const int decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : 3;
    const auto steps = static_cast<int>(end_ / step * (1 + 1e-9));
    for (int i = 0; i <= steps; ++i) {
      const double t = step * i;
      line(x(t), kRateTop, x(t), kRateTop + kRateHeight, "grid");
      line(x(t), kBarTop, x(t), kBarTop + kBarHeight, "grid");
      text(x(t), kBarTop + kBarHeight + 18, "middle", fixed(t, decimals) + " s");
    }
    text(kLeft, kRateTop - 10, "start", "received by each uplink", "label");
    text(kLeft, kBarTop - 8, "start", "new connections", "label");
  }

  /// Names go beside the chart, moved apart where thresholds lie close together.
  void thresholds() {
    std::vector<ThresholdLine> sorted = r_.thresholds;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.value > b.value; });
    double free_from = kRateTop - 12;
    for (const ThresholdLine& t : sorted) {
      const double py = y(static_cast<double>(t.value.value));
      line(kLeft, py, kWidth - kRight, py, "threshold");
      const double label = std::max(py + 4, free_from + 13);
      free_from = label;
      text(kWidth - kRight + 6, label, "start", t.uplink + " " + t.label, "axis");
    }
  }

  void rates() {
    const std::vector<Span> spans = condense(r_, kMostPoints);
    for (std::size_t u = 0; u < r_.uplinks.size(); ++u) {
      out_ << "<polyline class=\"rate\" style=\"stroke:" << uplink_colour(u) << "\"";
      if (!kDashes[u % kDashes.size()].empty())
        out_ << " stroke-dasharray=\"" << kDashes[u % kDashes.size()] << "\"";
      out_ << " points=\"";
      for (const Span& span : spans)
        out_ << at(x(span.time)) << "," << at(y(static_cast<double>(span.peak_rx[u]))) << " ";
      out_ << "\"><title>" << escaped(r_.uplinks[u].name) << "</title></polyline>\n";
    }
  }

  void connections() {
    const std::vector<Span> spans = condense(r_, kMostBars);
    std::uint64_t most = 1;
    for (const Span& span : spans) {
      std::uint64_t sum = 0;
      for (const std::uint64_t n : span.opened) sum += n;
      most = std::max(most, sum);
    }
    const double width =
        std::max(1.0, (kWidth - kLeft - kRight) /
                              static_cast<double>(std::max<std::size_t>(spans.size(), 1)) -
                          0.5);
    const double top = nice_ticks(static_cast<double>(most), 2).back();
    text(kLeft - 8, kBarTop + 4, "end", with_separators(static_cast<std::uint64_t>(top)));
    text(kLeft - 8, kBarTop + kBarHeight + 4, "end", "0");
    for (const Span& span : spans) bar(span, width, top);
  }

  void bar(const Span& span, double width, double top) {
    double base = kBarTop + kBarHeight;
    for (std::size_t u = 0; u < span.opened.size(); ++u) {
      if (span.opened[u] == 0) continue;
      const double height = kBarHeight * static_cast<double>(span.opened[u]) / top;
      base -= height;
      out_ << "<rect style=\"fill:" << uplink_colour(u) << "\" x=\""
           << at(std::max(kLeft, x(span.time) - width)) << "\" y=\"" << at(base) << "\" width=\""
           << at(width) << "\" height=\"" << at(height) << "\"><title>"
           << escaped(r_.uplinks[u].name) << ": " << span.opened[u] << "</title></rect>\n";
    }
  }

  /// Labels stand in two rows, so that neighbours do not overlap; too close ones only have the
  /// line.
  void switches() {
    std::array<double, 2> free_from = {0, 0};
    const std::size_t shown = std::min(kMostMarkers, r_.switches.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const SwitchEvent& s = r_.switches[i];
      out_ << "<g class=\"switch\"><title>" << fixed(s.time, 3) << " s: " << escaped(s.from)
           << " to " << escaped(s.to) << " because " << escaped(s.cause) << "</title>\n";
      line(x(s.time), kRateTop, x(s.time), kBarTop + kBarHeight, "switch");
      const std::string label = "\u2192 " + s.to;
      const double needs = 7.0 * static_cast<double>(label.size());
      for (std::size_t row = 0; row < free_from.size(); ++row) {
        if (x(s.time) < free_from[row]) continue;
        text(x(s.time) + 3, kRateTop + 12 + 14 * static_cast<double>(row), "start", label,
             "switch");
        free_from[row] = x(s.time) + needs;
        break;
      }
      out_ << "</g>\n";
    }
  }

  void legend() {
    double px = kLeft;
    for (std::size_t u = 0; u < r_.uplinks.size(); ++u) {
      out_ << "<rect style=\"fill:" << uplink_colour(u) << "\" x=\"" << at(px)
           << "\" y=\"12\" width=\"14\" height=\"14\"/>\n";
      text(px + 19, 24, "start", r_.uplinks[u].name, "label");
      px += 40 + 8.5 * static_cast<double>(r_.uplinks[u].name.size());
    }
  }

  const Report& r_;
  double end_ = 1;
  std::vector<double> rate_ticks_;
  std::ostringstream out_;
};

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (byte >= 0x20 || c == '\n' || c == '\t')
      result += c;
  }
  return result;
}

std::string_view uplink_colour(std::size_t uplink) {
  return kColours[uplink % kColours.size()];
}

std::string to_svg(const Report& report) {
  return Chart(report).draw();
}

}  // namespace spillway::replay
