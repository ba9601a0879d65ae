#include "control/replay/engine/scan.h"

#include <algorithm>
#include <array>

#include "control/replay/capture/capture.h"
#include "dataplane/net/headers.h"
#include "dataplane/net/parser.h"

namespace spillway::replay {
namespace {

LanPlan::Settings plan_settings(const config::Config& config,
                                const std::vector<Ipv4Prefix>& lan_nets) {
  LanPlan::Settings settings;
  settings.lan_nets = lan_nets;
  for (const auto& lan : config.lans) {
    settings.lans.push_back(lan.address);
    settings.own.push_back(lan.address.network());
  }
  for (const auto& uplink : config.uplinks) settings.own.push_back(uplink.address.network());
  for (const auto& list : config.address_lists)
    settings.own.insert(settings.own.end(), list.prefixes.begin(), list.prefixes.end());
  return settings;
}

void observe(LanPlan& plan, const CapturedPacket& packet) {
  if (packet.ethertype != ethertype::ipv4 || packet.bytes.size() < ipv4::min_header) return;
  const std::uint8_t* ip = packet.bytes.data();
  LanPlan::Observed seen;
  seen.src = Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)};
  seen.dst = Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)};
  seen.cast = packet.cast;
  seen.proto = static_cast<IpProto>(ip[ipv4::protocol]);
  // What the snap length cut reads as zeros.
  std::array<std::uint8_t, kParseWindow> headers{};
  std::copy_n(ip, std::min(packet.bytes.size(), headers.size()), headers.begin());
  const ParsedPacket parsed = parse_ipv4(headers.data(), packet.bytes.size() + packet.missing);
  if (parsed.kind == PacketKind::flow) {
    seen.src_port = L4Port{static_cast<std::uint16_t>(parsed.ports)};
    seen.dst_port = L4Port{static_cast<std::uint16_t>(parsed.ports >> 16)};
    seen.tcp_flags = parsed.tcp_flags;
  }
  plan.observe(seen);
}

}  // namespace

CaptureScan scan_capture(const std::string& path, const config::Config& config,
                         const std::vector<Ipv4Prefix>& lan_nets) {
  CaptureReader reader(path);
  CaptureScan scan{{}, LanPlan(plan_settings(config, lan_nets))};
  std::int64_t last_ns = 0;
  while (const auto packet = reader.next()) {
    if (scan.facts.frames++ == 0) scan.first_ns = last_ns = packet->time_ns;
    last_ns = std::max(last_ns, packet->time_ns);
    scan.longest_packet = std::max(scan.longest_packet, packet->bytes.size() + packet->missing);
    observe(scan.plan, *packet);
  }
  scan.plan.finish();
  scan.facts.file = path;
  scan.facts.format = reader.format();
  scan.facts.link_type = reader.link_type();
  scan.facts.seconds = static_cast<double>(last_ns - scan.first_ns) / 1e9;
  scan.facts.lan_networks = scan.plan.description();
  scan.facts.lan_hosts = scan.plan.hosts();
  if (!reader.damage().empty()) scan.facts.warnings.push_back(reader.damage());
  return scan;
}

}  // namespace spillway::replay
