#include <climits>
#include <cmath>
#include <sstream>

#include "control/config/load.h"
#include "control/config/protocol_name.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// libconfig wants integers beyond 32 bits marked.
std::string number(std::uint64_t value) {
  return std::to_string(value) + (value > INT_MAX ? "L" : "");
}

std::string limit(const RateLimit& rate, Traffic traffic) {
  if (rate.share == 0) return number(rate.of(traffic).value);
  std::ostringstream percent;
  percent << rate.share * 100 << "%";
  return quoted(percent.str());
}

std::string names(const std::vector<std::string>& list) {
  std::string result = "(";
  for (const auto& name : list) result += (result.size() > 1 ? ", " : " ") + quoted(name);
  return result + " )";
}

std::string ports(const PortRange& range) {
  return quoted(std::to_string(range.first) + "-" + std::to_string(range.last));
}

std::string protocol(const std::optional<IpProto>& proto) {
  return quoted(proto ? protocol_name(*proto) : "any");
}

template <typename Side>
void print_side(std::ostream& out, const Side& side) {
  out << "name = " << quoted(side.name) << "; port = " << quoted(side.port) << ";";
  if (side.vlan != 0) out << " vlan = " << side.vlan << ";";
  out << " address = " << quoted(to_string(side.address)) << "; mtu = " << side.mtu
      << "; tap = " << (side.tap ? "true" : "false") << ";";
  if (side.mac) out << " mac = " << quoted(to_string(*side.mac)) << ";";
}

void print_pace(std::ostream& out, const ProbePace& p) {
  out << "interval_ms = " << p.interval.count() << "; timeout_ms = " << p.timeout.count()
      << "; misses = " << p.misses << "; replies = " << p.replies
      << "; retry_ms = " << p.retry.count() << ";";
}

void print_probe(std::ostream& out, const char* name, const std::optional<ProbePace>& pace) {
  out << "\n      " << name << " = ";
  if (!pace) {
    out << "false;";
    return;
  }
  out << "{ ";
  print_pace(out, *pace);
  out << " };";
}

void print_targets(std::ostream& out, const ProbeTargets& t) {
  std::vector<std::string> hosts;
  for (const Ipv4Addr host : t.hosts) hosts.push_back(to_string(host));
  out << "\n      targets = { hosts = " << names(hosts) << "; quorum = " << t.quorum << "; ";
  print_pace(out, t.pace);
  out << " };";
}

void print_limits(std::ostream& out, const QualityLimits& l) {
  out << "\n      limits = {";
  if (l.loss) out << " loss = " << std::lround(*l.loss * 100) << ";";
  if (l.rtt) out << " rtt_ms = " << l.rtt->count() << ";";
  if (l.jitter) out << " jitter_ms = " << l.jitter->count() << ";";
  out << " };";
}

void print_health(std::ostream& out, const HealthSettings& h) {
  out << "\n    probes = {";
  print_probe(out, "arp", h.arp);
  print_probe(out, "ping", h.ping);
  print_targets(out, h.targets);
  print_limits(out, h.limits);
  out << "\n      hold_down = { least_ms = " << h.hold_down.least.count()
      << "; most_ms = " << h.hold_down.most.count() << "; calm_ms = " << h.hold_down.calm.count()
      << "; }; };";
}

void print_uplink(std::ostream& out, const Uplink& u) {
  out << "  { ";
  print_side(out, u);
  out << "\n    gateway = " << quoted(to_string(u.gateway)) << "; table = " << quoted(u.table)
      << "; masquerade = " << (u.masquerade ? "true" : "false")
      << ";\n    distance = " << u.distance << "; weight = " << u.weight << ";";
  if (u.capacity_rx || u.capacity_tx) {
    out << "\n    capacity = {";
    if (u.capacity_rx) out << " rx = " << number(u.capacity_rx->value) << ";";
    if (u.capacity_tx) out << " tx = " << number(u.capacity_tx->value) << ";";
    out << " };";
  }
  if (u.threshold)
    out << "\n    threshold = { traffic = " << quoted(word_for(kTraffics, u.threshold->traffic))
        << "; spill_above = " << limit(u.threshold->spill_above, u.threshold->traffic)
        << "; return_below = " << limit(u.threshold->return_below, u.threshold->traffic) << "; };";
  print_health(out, u.health);
  out << " }";
}

void print_lists(std::ostream& out, const Config& c) {
  out << "address_lists = {\n";
  for (const AddressList& list : c.address_lists) {
    std::vector<std::string> prefixes;
    for (const auto& prefix : list.prefixes) prefixes.push_back(to_string(prefix));
    out << "  " << list.name << " = " << names(prefixes) << ";\n";
  }
  out << "};\n";
}

void print_routes(std::ostream& out, const Config& c) {
  out << "routes = {\n";
  for (const RouteTable& table : c.routes) {
    out << "  " << table.name << " = (";
    for (std::size_t i = 0; i < table.routes.size(); ++i) {
      const Route& r = table.routes[i];
      out << (i > 0 ? "," : "") << "\n    { to = " << quoted(to_string(r.to))
          << "; via = " << quoted(to_string(r.via)) << "; distance = " << r.distance << ";";
      if (r.is_default())
        out << " check_gateway = " << quoted(r.check_gateway_ping ? "ping" : "none") << ";";
      out << " }";
    }
    out << " );\n";
  }
  out << "};\n";
}

void print_balance(std::ostream& out, const Balance& b) {
  out << "balance = {\n  mode = " << quoted(word_for(kModes, b.mode))
      << "; classifier = " << quoted(word_for(kClassifiers, b.classifier))
      << ";\n  order = " << names(b.order) << "; reserve = " << (b.reserve ? "true" : "false")
      << ";\n  sample_ms = " << b.sample.count() << "; window_ms = " << b.window.count()
      << "; dwell_ms = " << b.dwell.count()
      << ";\n  sticky = " << quoted(word_for(kStickies, b.sticky))
      << "; sticky_s = " << b.sticky_for.count() << ";\n};\n";
}

void print_monitor(std::ostream& out, const Monitor& m) {
  out << "  { name = " << quoted(m.name) << "; interface = " << quoted(m.interface)
      << "; traffic = " << quoted(word_for(kTraffics, m.traffic))
      << ";\n    trigger = " << quoted(word_for(kTriggers, m.trigger))
      << "; threshold = " << limit(m.threshold, m.traffic) << "; on_event = " << quoted(m.on_event)
      << "; }";
}

void print_rule(std::ostream& out, const PolicyRule& r) {
  out << "  { name = " << quoted(r.name) << "; from = " << quoted(to_string(r.from))
      << "; to = " << quoted(to_string(r.to)) << "; protocol = " << protocol(r.protocol) << ";";
  if (r.from_ports != PortRange{}) out << " from_ports = " << ports(r.from_ports) << ";";
  if (r.to_ports != PortRange{}) out << " to_ports = " << ports(r.to_ports) << ";";
  if (r.drop)
    out << " action = \"drop\"; }";
  else
    out << " group = " << names(r.uplinks) << "; }";
}

void print_forward(std::ostream& out, const PortForward& f) {
  out << "  { ";
  if (!f.uplink.empty()) out << "uplink = " << quoted(f.uplink) << "; ";
  out << "protocol = " << protocol(f.protocol) << "; ports = " << ports(f.ports)
      << "; to = " << quoted(to_string(f.to)) << "; to_port = " << f.to_port << "; }";
}

void print_service(std::ostream& out, const LocalService& s) {
  out << "  { ";
  if (!s.uplink.empty()) out << "uplink = " << quoted(s.uplink) << "; ";
  out << "protocol = " << protocol(s.protocol) << ";";
  if (s.protocol != IpProto::icmp) out << " ports = " << ports(s.ports) << ";";
  out << " }";
}

void print_hook(std::ostream& out, const Hook& h) {
  out << "  { on = " << quoted(h.on) << "; ";
  if (!h.subject.empty()) out << "subject = " << quoted(h.subject) << "; ";
  out << "command = " << quoted(h.command) << "; timeout_ms = " << h.timeout.count() << "; }";
}

void print_failure(std::ostream& out, const FailurePolicy& f) {
  out << "failure = { connections = " << quoted(word_for(kOnFailures, f.on_failure))
      << "; failback = " << quoted(word_for(kFailbacks, f.failback))
      << "; drain_s = " << f.drain.count() << "; };\n";
}

template <typename T>
void print_list(std::ostream& out, const char* name, const std::vector<T>& items,
                void (*print)(std::ostream&, const T&)) {
  out << name << " = (\n";
  for (std::size_t i = 0; i < items.size(); ++i) {
    print(out, items[i]);
    out << (i + 1 < items.size() ? ",\n" : "\n");
  }
  out << ");\n";
}

void print_timeouts(std::ostream& out, const Config& c) {
  out << "timeouts = {  # seconds\n  profile = " << quoted(c.timeouts_profile) << ";\n";
  for (const auto& [name, state] : kTimeoutNames)
    out << "  " << name << " = " << c.timeouts.of(state) / 1000 << ";\n";
  out << "};\n";
}

void print_workers(std::ostream& out, const Workers& w) {
  out << "workers = { count = " << (w.count ? std::to_string(*w.count) : quoted("auto")) << ";";
  std::string cpus;
  for (const unsigned cpu : w.cpus) cpus += (cpus.empty() ? "" : ",") + std::to_string(cpu);
  if (!cpus.empty()) out << " cpus = " << quoted(cpus) << ";";
  out << " idle = " << quoted(word_for(kIdles, w.idle)) << "; };\n";
}

void print_control(std::ostream& out, const ControlSocket& c) {
  out << "control = { socket = " << quoted(c.path) << ";";
  if (!c.group.empty()) out << " group = " << quoted(c.group) << ";";
  if (!c.admin_group.empty()) out << " admin_group = " << quoted(c.admin_group) << ";";
  out << " };\n";
}

void print_lan(std::ostream& out, const Lan& lan) {
  out << "  { ";
  print_side(out, lan);
  out << " }";
}

}  // namespace

std::string effective(const Config& c) {
  std::ostringstream out;
  print_list(out, "lan", c.lans, print_lan);
  print_list(out, "uplinks", c.uplinks, print_uplink);
  print_lists(out, c);
  print_routes(out, c);
  print_balance(out, c.balance);
  print_list(out, "monitors", c.monitors, print_monitor);
  print_list(out, "policy", c.policy, print_rule);
  print_list(out, "port_forwards", c.port_forwards, print_forward);
  print_list(out, "local_services", c.local_services, print_service);
  print_failure(out, c.failure);
  print_list(out, "hooks", c.hooks, print_hook);
  print_timeouts(out, c);
  out << "tcp = { loose = " << (c.tcp_loose ? "true" : "false") << "; };\n";
  out << "limits = { connections = " << c.limits.connections
      << "; per_lan_host = " << c.limits.per_lan_host << "; };\n";
  print_workers(out, c.workers);
  print_control(out, c.control);
  out << "metrics = { enabled = " << (c.metrics.enabled ? "true" : "false")
      << "; listen = " << quoted(c.metrics.listen()) << "; };\n";
  return out.str();
}

}  // namespace spillway::config
