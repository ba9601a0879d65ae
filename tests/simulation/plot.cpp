#include "tests/simulation/plot.h"

#include <algorithm>
#include <sstream>

#include "control/replay/report/chart.h"
#include "control/replay/report/format.h"
#include "control/replay/report/scale.h"

namespace spillway::simulation {
namespace {

using replay::escaped;
using replay::fixed;
using replay::uplink_colour;

constexpr double kWidth = 900;
constexpr double kLeft = 64;
constexpr double kRight = 124;  // room for the thresholds' names
constexpr double kTop = 84;
constexpr double kHeight = 150;  // of a panel
constexpr double kGap = 44;
constexpr double kTick = 9;
constexpr std::size_t kUplinks = 2;
constexpr std::size_t kCondensed = 5;  // samples to a point

constexpr char kStyle[] =
    "<style>text{font:12px sans-serif;fill:#333}.title{font-weight:bold}.grid{stroke:#ddd}"
    ".rate{fill:none;stroke-width:1.4}.threshold{stroke:#333;stroke-dasharray:6 3}"
    ".back{stroke:#333;stroke-dasharray:2 3}.step{stroke:#999;stroke-dasharray:1 2}"
    ".switch{stroke-width:1.6}</style>\n";

class Plot {
 public:
  Plot(const std::vector<Panel>& panels, const Offered& offered)
      : panels_(panels), offered_(offered) {
    for (const Panel& panel : panels)
      for (const double capacity : panel.site.capacities) most_ = std::max(most_, capacity);
  }

  std::string draw() {
    open();
    legend();
    for (const Panel& panel : panels_) {
      axes(panel);
      thresholds(panel.site);
      for (std::size_t i = 0; i < kUplinks; ++i) rate(panel.outcome, i);
      switches(panel.outcome);
      top_ += kHeight + kGap;
    }
    loads();
    out_ << "</svg>\n";
    return out_.str();
  }

 private:
  double x(double time) const {
    return kLeft + time / offered_.seconds * (kWidth - kLeft - kRight);
  }
  double y(double rate) const { return top_ + kHeight * (1 - rate / most_); }

  void open() {
    const double height = kTop + static_cast<double>(panels_.size()) * (kHeight + kGap) - kTick;
    out_ << "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "
         << fixed(kWidth, 0) << " " << fixed(height, 0) << "\">\n<title>Rates of two uplinks under "
         << panels_.size() << " ways to steer</title>\n"
         << kStyle << "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  }

  void text(double px, double py, const char* anchor, const std::string& what,
            const char* kind = "axis") {
    out_ << "<text class=\"" << kind << "\" x=\"" << fixed(px, 1) << "\" y=\"" << fixed(py, 1)
         << "\" text-anchor=\"" << anchor << "\">" << escaped(what) << "</text>\n";
  }

  void line(double x1, double y1, double x2, double y2, const char* kind) {
    out_ << "<path class=\"" << kind << "\" d=\"M" << fixed(x1, 1) << " " << fixed(y1, 1) << "L"
         << fixed(x2, 1) << " " << fixed(y2, 1) << "\"/>\n";
  }

  void legend() {
    for (std::size_t i = 0; i < kUplinks; ++i) {
      const double px = kLeft + 90 * static_cast<double>(i);
      out_ << "<rect x=\"" << fixed(px, 0) << "\" y=\"10\" width=\"14\" height=\"14\" fill=\""
           << uplink_colour(i) << "\"/>\n";
      text(px + 19, 22, "start", "ISP_" + std::to_string(i + 1));
    }
    text(kLeft + 190, 22, "start",
         "received, Mbit/s; marks above each chart: new connections go to that uplink");
  }

  void axes(const Panel& panel) {
    const std::size_t n = panel.outcome.switches.size();
    text(kLeft, top_ - kTick - 6, "start",
         panel.title + ": " + std::to_string(n) + (n == 1 ? " switch" : " switches"), "title");
    for (const double tick : replay::nice_ticks(most_, 4)) {
      line(kLeft, y(tick), kWidth - kRight, y(tick), "grid");
      text(kLeft - 8, y(tick) + 4, "end", fixed(tick / 1e6, 0));
    }
    const double step = replay::nice_step(offered_.seconds, 10);
    const int steps = static_cast<int>(offered_.seconds / step * (1 + 1e-9));
    for (int i = 0; i <= steps; ++i) {
      const double t = i * step;
      line(x(t), top_, x(t), top_ + kHeight, "grid");
      text(x(t), top_ + kHeight + 15, "middle", fixed(t, 0) + " s");
    }
  }

  void thresholds(const Site& site) {
    const double capacity = site.capacities[0];
    const bool own = site.spill_above > 0;
    const double above = (own ? site.spill_above : offered_.limit) * capacity;
    line(kLeft, y(above), kWidth - kRight, y(above), "threshold");
    text(kWidth - kRight + 6, y(above) + 4, "start", own ? "spill above" : "for comparison");
    if (!own || site.return_below == site.spill_above) return;
    const double below = site.return_below * capacity;
    line(kLeft, y(below), kWidth - kRight, y(below), "back");
    text(kWidth - kRight + 6, y(below) + 4, "start", "return below");
  }

  void rate(const Outcome& outcome, std::size_t uplink) {
    out_ << "<polyline class=\"rate\" stroke=\"" << uplink_colour(uplink) << "\" points=\"";
    for (std::size_t at = 0; at + kCondensed <= outcome.trace.size(); at += kCondensed) {
      double sum = 0;
      for (std::size_t i = at; i < at + kCondensed; ++i) sum += outcome.trace[i].rate[uplink];
      out_ << fixed(x(outcome.trace[at].time), 1) << ","
           << fixed(y(sum / static_cast<double>(kCondensed)), 1) << " ";
    }
    out_ << "\"/>\n";
  }

  void switches(const Outcome& outcome) {
    for (const Outcome::Switch& s : outcome.switches)
      out_ << "<path class=\"switch\" stroke=\"" << uplink_colour(s.to) << "\" d=\"M"
           << fixed(x(s.time), 1) << " " << fixed(top_ - kTick, 1) << "v" << fixed(kTick, 0)
           << "\"/>\n";
  }

  /// Where the offered load changes, over all panels.
  void loads() {
    const double bottom = top_ - kGap;
    double since = 0;
    double factor = 1;
    const auto say = [&](double until) {
      text(x((since + until) / 2), kTop - kTick - 28, "middle",
           "offered " + fixed(offered_.rate * factor / 1e6, 0) + " Mbit/s");
    };
    for (const LoadStep& step : offered_.steps) {
      say(step.from);
      line(x(step.from), kTop - kTick, x(step.from), bottom, "step");
      since = step.from;
      factor = step.factor;
    }
    say(offered_.seconds);
  }

  const std::vector<Panel>& panels_;
  const Offered& offered_;
  double most_ = 1;    ///< bit/s
  double top_ = kTop;  ///< of the panel that is drawn
  std::ostringstream out_;
};

}  // namespace

std::string to_svg(const std::vector<Panel>& panels, const Offered& offered) {
  return Plot(panels, offered).draw();
}

}  // namespace spillway::simulation
