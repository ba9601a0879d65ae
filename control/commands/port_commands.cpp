#include "control/commands/port_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "control/commands/json_text.h"
#include "control/commands/text_table.h"

namespace spillway {
namespace {

struct Rates {
  double rx_pps = 0;
  double rx_bps = 0;
  double tx_pps = 0;
  double tx_bps = 0;

  Rates(const PortCounts& now, const PortCountsSince& since)
      : rx_pps(since.rate(since.counts.rx_packets, now.rx_packets)),
        rx_bps(8 * since.rate(since.counts.rx_bytes, now.rx_bytes)),
        tx_pps(since.rate(since.counts.tx_packets, now.tx_packets)),
        tx_bps(8 * since.rate(since.counts.tx_bytes, now.tx_bytes)) {}
};

Json stats_json(const PortCounts& c, const PortCountsSince& since) {
  const Rates rates(c, since);
  return {{"rx_packets", c.rx_packets}, {"rx_missed", c.rx_missed}, {"rx_bytes", c.rx_bytes},
          {"rx_errors", c.rx_errors},   {"rx_nombuf", c.rx_nombuf}, {"tx_packets", c.tx_packets},
          {"tx_errors", c.tx_errors},   {"tx_bytes", c.tx_bytes},   {"seconds", since.seconds},
          {"rx_pps", rates.rx_pps},     {"rx_bps", rates.rx_bps},   {"tx_pps", rates.tx_pps},
          {"tx_bps", rates.tx_bps}};
}

Json info_json(const PortInfo& i) {
  Json json = {{"kind", i.kind},
               {"device", i.device},
               {"driver", i.driver},
               {"mac", i.mac},
               {"address", i.address},
               {"vlan", nullptr},
               {"mtu", i.mtu},
               {"link", i.link},
               {"speed_mbps", nullptr},
               {"full_duplex", nullptr},
               {"link_watch", i.link_watch},
               {"numa_socket", nullptr}};
  if (i.vlan != 0) json["vlan"] = i.vlan;
  if (i.speed_mbps != 0) json["speed_mbps"] = i.speed_mbps;
  if (i.speed_mbps != 0) json["full_duplex"] = i.full_duplex;
  if (i.numa_socket >= 0) json["numa_socket"] = i.numa_socket;
  json["queues"] = i.queues;
  json["most_queues"] = i.most_queues;
  json["rx_descriptors"] = i.rx_descriptors;
  json["tx_descriptors"] = i.tx_descriptors;
  json["offloads"] = i.offloads;
  json["possible_offloads"] = i.possible_offloads;
  json["sorting"] = i.sorting;
  return json;
}

std::string statistics_to_text(const std::string& name, const std::vector<PortStatistic>& all) {
  std::string text = name + "\n";
  for (const auto& [what, value] : all) text += fmt::format("  {}: {}\n", what, value);
  return text;
}

Json statistics_json(const std::vector<PortStatistic>& all) {
  Json json = Json::object();
  for (const auto& [what, value] : all) json[what] = value;
  return json;
}

/// The ports that a command's arguments mean.
std::vector<std::size_t> chosen(Arguments& arguments, const std::vector<std::string>& names) {
  const auto word = arguments.word();
  const std::string allowed = "all, " + list_of(names);
  if (!word) throw CommandError("no port is named; allowed: " + allowed);
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (*word == "all" || *word == names[i]) all.push_back(i);
  if (all.empty()) throw CommandError("found \"" + *word + "\"; allowed: " + allowed);
  arguments.finish("a port or all, --json");
  return all;
}

/// Each port as text one after the other, or as JSON by name.
using ToText = std::function<std::string(std::size_t)>;
using ToJson = std::function<Json(std::size_t)>;

void add(CommandTable& table, const PortSource& source, const std::string& what,
         const std::string& help, ToText to_text, ToJson to_json) {
  const auto names = source.names;
  table.add(
      {"show port " + what, "all|NAME [--json]", help,
       [names, to_text = std::move(to_text), to_json = std::move(to_json)](Arguments& arguments) {
         const bool as_json = arguments.flag("--json");
         const std::vector<std::string> all = names();
         std::string text;
         Json json = Json::object();
         for (const std::size_t i : chosen(arguments, all)) {
           if (as_json)
             json[all[i]] = to_json(i);
           else
             text += to_text(i);
         }
         return Answer{true, as_json ? json_text(json) : text};
       },
       Rights::look,
       [names] {
         std::vector<std::string> words = names();
         words.insert(words.begin(), "all");
         return words;
       }});
}

/// What each port has counted, and had at the last look at it.
class Looks {
 public:
  explicit Looks(PortSource source) : source_(std::move(source)) {}

  std::string text(std::size_t i) {
    const PortCounts counts = source_.counts(i);
    return port_stats_to_text(source_.names()[i], counts, looks_[i].look(source_.now(), counts));
  }
  Json json(std::size_t i) {
    const PortCounts counts = source_.counts(i);
    return stats_json(counts, looks_[i].look(source_.now(), counts));
  }

 private:
  PortSource source_;
  std::map<std::size_t, LastLook<PortCounts>> looks_;
};

std::string link_of(const PortInfo& i) {
  if (!i.link) return "down";
  if (i.speed_mbps == 0) return "up";
  return fmt::format("up, {} Mbit/s, {} duplex", i.speed_mbps, i.full_duplex ? "full" : "half");
}

}  // namespace

std::string port_stats_to_text(const std::string& name, const PortCounts& c,
                               const PortCountsSince& since) {
  const Rates rates(c, since);
  std::string text = name + "\n";
  text += fmt::format("  RX-packets: {:<14} RX-missed: {:<14} RX-bytes:  {}\n", c.rx_packets,
                      c.rx_missed, c.rx_bytes);
  text += fmt::format("  RX-errors:  {:<14} RX-nombuf: {}\n", c.rx_errors, c.rx_nombuf);
  text += fmt::format("  TX-packets: {:<14} TX-errors: {:<14} TX-bytes:  {}\n", c.tx_packets,
                      c.tx_errors, c.tx_bytes);
  text += fmt::format("  Throughput of the last {:.1f} s\n", since.seconds);
  text += fmt::format("  RX-pps:     {:<14.0f} RX-bps:    {:.0f}\n", rates.rx_pps, rates.rx_bps);
  text += fmt::format("  TX-pps:     {:<14.0f} TX-bps:    {:.0f}\n", rates.tx_pps, rates.tx_bps);
  return text;
}

std::string port_info_to_text(const PortInfo& i) {
  std::string text = i.name + "\n";
  const auto line = [&](const char* head, const std::string& what) {
    text += fmt::format("  {:<18} {}\n", head, what);
  };
  line("Side:", i.kind + ", " + i.address);
  line("Device:", i.device + (i.vlan != 0 ? ", VLAN " + std::to_string(i.vlan) : ""));
  line("Driver:", i.driver);
  line("MAC address:", i.mac);
  line("Link:", link_of(i));
  line("Link watched by:", i.link_watch);
  line("MTU:", std::to_string(i.mtu));
  line("NUMA socket:", i.numa_socket < 0 ? "any" : std::to_string(i.numa_socket));
  line("Queues:", fmt::format("{} of {}, {} + {} descriptors each", i.queues, i.most_queues,
                              i.rx_descriptors, i.tx_descriptors));
  line("Offloads used:", list_of(i.offloads));
  line("Offloads there:", list_of(i.possible_offloads));
  line("RSS:", i.sorting);
  return text;
}

void add_port_commands(CommandTable& table, PortSource source) {
  const auto looks = std::make_shared<Looks>(source);
  add(
      table, source, "stats", "packets and bytes of a port, and their rates since the last look",
      [looks](std::size_t i) { return looks->text(i); },
      [looks](std::size_t i) { return looks->json(i); });
  add(
      table, source, "xstats", "all that the driver counts",
      [source](std::size_t i) {
        return statistics_to_text(source.names()[i], source.statistics(i));
      },
      [source](std::size_t i) { return statistics_json(source.statistics(i)); });
  add(
      table, source, "info", "driver, address, link, queues, offloads",
      [source](std::size_t i) { return port_info_to_text(source.info(i)); },
      [source](std::size_t i) { return info_json(source.info(i)); });
}

}  // namespace spillway
