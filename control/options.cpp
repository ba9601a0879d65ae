#include "control/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cmath>
#include <sstream>

namespace spillway {
namespace {

namespace po = boost::program_options;

po::options_description run_options() {
  po::options_description d("Options");
  d.add_options()("config,c", po::value<std::string>()->value_name("FILE"), "configuration to use")(
      "check", "check the configuration, print all of it, and stop")(
      "socket", po::value<std::string>()->value_name("PATH"),
      "where spillwayctl reaches it (default: the configuration's)")(
      "interactive,i", "a prompt for commands in the foreground; quit ends the router")(
      "help,h", "this text; `spillway replay --help` for the other command")("version,V",
                                                                             "print the version");
  return d;
}

po::options_description replay_options() {
  po::options_description d("Options");
  d.add_options()("config,c", po::value<std::string>()->value_name("FILE"), "configuration to use")(
      "out,o", po::value<std::string>()->value_name("DIR"),
      "write what leaves each port as pcapng")(
      "speed", po::value<std::string>()->value_name("virtual|real|max"),
      "clock of the capture (default), wall clock, or bursts without any waiting")(
      "time-scale", po::value<std::string>()->value_name("N"), "play the capture N times as fast")(
      "loop", po::value<std::string>()->value_name("N"),
      "play the capture N times, with new connections each time")(
      "lan-net", po::value<std::vector<std::string>>()->value_name("PREFIX")->composing(),
      "captured hosts that are the LAN; may be repeated (default: found by itself)")(
      "json", "report as JSON to standard output, and nothing else there")(
      "html", po::value<std::string>()->value_name("FILE"), "report as a page with a chart")(
      "no-progress", "no progress bar")("help,h", "this text");
  return d;
}

Ipv4Prefix lan_net(const std::string& text) {
  if (const auto prefix = parse_prefix(text)) return *prefix;
  throw UsageError("--lan-net: found \"" + text +
                   "\"; allowed: a prefix without host bits, such as 10.0.0.0/8");
}

double time_scale(const std::string& text) {
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used != text.size() || text.empty() || !std::isfinite(value) || value < 1e-6 || value > 1e9)
    throw UsageError("--time-scale: found \"" + text +
                     "\"; allowed: a number from 0.000001 to 1000000000");
  return value;
}

std::uint32_t rounds(const std::string& text) {
  constexpr std::uint32_t most = 1'000'000;
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value == 0 || value > most)
    throw UsageError("--loop: found \"" + text + "\"; allowed: a number of times, 1 to 1000000");
  return value;
}

ReplaySpeed speed(const std::string& text) {
  if (text == "virtual") return ReplaySpeed::virtual_time;
  if (text == "real") return ReplaySpeed::real;
  if (text == "max") return ReplaySpeed::max;
  throw UsageError("--speed: found \"" + text + "\"; allowed: virtual, real, max");
}

po::variables_map parse(const std::vector<std::string>& arguments,
                        const po::options_description& visible, bool with_capture) {
  po::options_description all;
  all.add(visible);
  po::positional_options_description positional;
  if (with_capture) {
    all.add_options()("capture", po::value<std::string>());
    positional.add("capture", 1);
  }
  po::variables_map values;
  // Abbreviated options would change their meaning when a new one comes.
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    po::store(
        po::command_line_parser(arguments).options(all).positional(positional).style(style).run(),
        values);
    po::notify(values);
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError(with_capture ? "more than one capture; allowed: spillway replay CAPTURE ..."
                                  : "unknown command; allowed: spillway --config FILE, or "
                                    "spillway replay CAPTURE --config FILE");
  } catch (const po::error& e) {
    throw UsageError(std::string(e.what()) + "; see --help");
  }
  return values;
}

std::string required_config(const po::variables_map& values) {
  if (values.count("config") == 0) throw UsageError("--config FILE is missing");
  return values["config"].as<std::string>();
}

template <typename T, typename Reader>
void read(const po::variables_map& values, const char* name, T& into, Reader&& reader) {
  if (values.count(name) > 0) into = reader(values[name].as<std::string>());
}

Options parse_replay(const std::vector<std::string>& arguments) {
  Options options;
  options.command = Command::replay;
  const po::variables_map values = parse(arguments, replay_options(), true);
  if (values.count("help") > 0) {
    options.command = Command::replay_help;
    return options;
  }
  if (values.count("capture") == 0)
    throw UsageError("a capture is missing: spillway replay CAPTURE --config FILE");
  const auto as_text = [](const std::string& text) { return text; };
  options.config_file = required_config(values);
  read(values, "capture", options.capture, as_text);
  read(values, "out", options.out_dir, as_text);
  read(values, "html", options.html_file, as_text);
  read(values, "speed", options.speed, speed);
  read(values, "time-scale", options.time_scale, time_scale);
  read(values, "loop", options.rounds, rounds);
  if (values.count("lan-net") > 0)
    for (const std::string& text : values["lan-net"].as<std::vector<std::string>>())
      options.lan_nets.push_back(lan_net(text));
  options.json = values.count("json") > 0;
  options.progress = values.count("no-progress") == 0;
  return options;
}

Options parse_run(const std::vector<std::string>& arguments) {
  Options options;
  const po::variables_map values = parse(arguments, run_options(), false);
  if (values.count("help") > 0) {
    options.command = Command::help;
  } else if (values.count("version") > 0) {
    options.command = Command::version;
  } else {
    options.config_file = required_config(values);
    if (values.count("check") > 0) options.command = Command::check;
    options.interactive = values.count("interactive") > 0;
    if (values.count("socket") > 0) options.socket = values["socket"].as<std::string>();
  }
  return options;
}

std::string with_usage(const char* usage, const po::options_description& options) {
  std::ostringstream text;
  text << usage << options;
  return text.str();
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> own(arguments.begin(), dashes);
  const bool replaying = !own.empty() && own.front() == "replay";
  if (replaying) own.erase(own.begin());
  Options options = replaying ? parse_replay(own) : parse_run(own);
  if (dashes != arguments.end()) options.eal_arguments.assign(dashes + 1, arguments.end());
  return options;
}

std::string help_text() {
  return with_usage(
      "Spillway balances new connections over several internet uplinks by bandwidth\n"
      "and keeps every connection on the uplink where it began.\n\n"
      "usage: spillway --config FILE [--check | --interactive] [-- EAL arguments]\n"
      "       spillway replay CAPTURE --config FILE [options] [-- EAL arguments]\n\n",
      run_options());
}

std::string replay_help_text() {
  return with_usage(
      "Plays a capture through the router and verifies every packet.\n"
      "usage: spillway replay CAPTURE --config FILE [options] [-- EAL arguments]\n",
      replay_options());
}

}  // namespace spillway
