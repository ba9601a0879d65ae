#include <algorithm>
#include <sstream>

#include "control/replay/report/drop_text.h"
#include "control/replay/report/format.h"
#include "control/replay/report/writers.h"

namespace spillway::replay {
namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string count(std::uint64_t n) {
  return right(with_separators(n), 12);
}

void verdict(std::ostream& out, const Report& r) {
  if (r.verified()) {
    out << "VERIFIED: " << with_separators(r.replies_delivered)
        << " replies delivered of as many due, 0 mis-delivered,\n"
           "          no connection changed its uplink, all checksums right, counters balance\n";
    return;
  }
  out << "FAILED:";
  const auto item = [&](const char* name, std::uint64_t n) {
    if (n > 0) out << " " << name << " " << with_separators(n) << ";";
  };
  item("not delivered", r.not_delivered);
  item("mis-delivered", r.mis_delivered);
  item("changed uplink", r.changed_uplink);
  item("bad checksum", r.bad_checksum);
  item("bad source", r.bad_source);
  item("bad payload", r.bad_payload);
  item("wrong drop", r.wrong_drop);
  item("still held", r.packets_held);
  if (!r.balanced) out << " counters do not balance;";
  out << "\n";
  for (const Failure& f : r.failures)
    out << "  frame " << f.frame << " at " << fixed(f.time, 6) << " s: " << f.kind << ": "
        << f.detail << "\n";
}

void capture(std::ostream& out, const Report& r) {
  const CaptureFacts& c = r.capture;
  out << "\nCapture   " << c.file << "\n          " << c.format << ", " << c.link_type << ", "
      << with_separators(c.frames) << " frames in " << duration_text(c.seconds);
  if (r.time_scale != 1)
    out << "\n          TIME SCALED: the capture plays " << fixed(r.time_scale, 3)
        << " times as fast, rates are that much higher";
  if (r.rounds != 1) out << "\n          played " << with_separators(r.rounds) << " times";
  out << "\nLAN       " << c.lan_networks << ", " << with_separators(c.lan_hosts) << " hosts\n";
  for (const std::string& warning : c.warnings) out << "Warning   " << warning << "\n";
  for (const auto& [what, n] : c.adjusted) out << "Adjusted " << count(n) << "  " << what << "\n";
  for (const auto& [why, n] : c.skipped)
    out << "Not fed  " << count(n) << "  " << why << ": " << skip_meaning(why) << "\n";
}

void packets(std::ostream& out, const Report& r) {
  out << "\nPackets  " << count(r.packets_in) << "  in\n         " << count(r.packets_out)
      << "  out\n         " << count(r.packets_dropped) << "  dropped\n";
  for (const auto& [reason, n] : r.drops)
    out << "         " << count(n) << "    " << reason << ": " << drop_meaning(reason) << "\n";
}

void connections(std::ostream& out, const Report& r) {
  out << "\nConnections by mark and by protocol\n";
  for (const auto& [mark, n] : r.connections)
    out << "         " << count(n) << "  " << mark << "\n";
  for (const auto& [protocol, n] : r.connections_protocol)
    out << "         " << count(n) << "  " << protocol << "\n";
}

void uplinks(std::ostream& out, const Report& r) {
  out << "\n"
      << padded("Uplink", 16) << right("received", 12) << right("peak", 16) << right("sent", 12)
      << right("peak", 16) << right("opened", 8) << "\n";
  for (const UplinkTotals& u : r.uplinks)
    out << padded(u.name, 16) << right(bytes_text(u.rx_bytes), 12)
        << right(rate_text(u.peak_rx), 16) << right(bytes_text(u.tx_bytes), 12)
        << right(rate_text(u.peak_tx), 16) << right(with_separators(u.connections), 8) << "\n";
}

void switches(std::ostream& out, const Report& r) {
  out << "\nSwitches of the active uplink: " << r.switches.size() << "\n";
  for (const SwitchEvent& s : r.switches) {
    out << right(fixed(s.time, 3), 12) << " s  " << s.from << " -> " << s.to << "\n"
        << "                because " << s.cause << "\n                received:";
    for (const auto& [name, rate] : s.rates) out << " " << name << " " << rate_text(rate);
    out << "\n";
  }
  for (const OverloadEvent& o : r.overloads)
    out << right(fixed(o.time, 3), 12) << " s  " << o.text << "\n";
}

}  // namespace

std::string to_text(const Report& r) {
  std::ostringstream out;
  verdict(out, r);
  capture(out, r);
  packets(out, r);
  connections(out, r);
  uplinks(out, r);
  switches(out, r);
  out << "\n"
      << fixed(r.clocks_per_packet, 0) << " clocks per packet, "
      << fixed(r.packets_per_second / 1e6, 2) << " M packets/s by one worker; "
      << fixed(r.wall_seconds, 2) << " s of real time\n";
  return out.str();
}

}  // namespace spillway::replay
