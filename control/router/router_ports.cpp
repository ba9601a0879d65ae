#include "control/router/router_ports.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <thread>

#include "control/config/port_name.h"
#include "control/ports/link_wait.h"
#include "control/ports/port_error.h"

namespace spillway {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLinkOverhead = 128;  // Ethernet, VLAN tags, and what drivers add
/// To negotiate 1000BASE-T takes 2 to 4 s. A port whose cable is out makes the start this long.
constexpr auto kLinkPatience = 5s;

/// What the device must carry for all that lives on it.
EthPort::Request request_for(const std::string& port, const config::Config& config) {
  EthPort::Request request{*config::parse_port_name(port), 0, std::nullopt};
  const auto widen = [&](const auto& side) {
    if (!config::same_port(side.port, port)) return;
    request.mtu = std::max(request.mtu, side.mtu);
    if (side.mac) request.mac = side.mac;
  };
  std::for_each(config.lans.begin(), config.lans.end(), widen);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), widen);
  return request;
}

}  // namespace

RouterPorts::RouterPorts(const config::Config& config, linux_side::Netlink& netlink) {
  for (const config::Lan& lan : config.lans) add(lan, Zone::lan, config, netlink);
  for (std::size_t i = 0; i < config.uplinks.size(); ++i)
    add(config.uplinks[i], zone_of(uplink_id(i)), config, netlink);
}

template <typename Side>
void RouterPorts::add(const Side& side, Zone zone, const config::Config& config,
                      linux_side::Netlink& netlink) {
  auto device = std::find_if(devices_.begin(), devices_.end(),
                             [&](const Device& d) { return config::same_port(d.text, side.port); });
  if (device == devices_.end()) {
    try {
      auto port = std::make_unique<EthPort>(request_for(side.port, config), netlink);
      device = devices_.insert(devices_.end(), {side.port, side.where, std::move(port)});
    } catch (const std::runtime_error& e) {
      throw port_error(side.where, side.port, e.what());
    }
    for (const std::string& warning : device->port->warnings())
      spdlog::warn("port {}: {}", side.port, warning);
  }
  ports_.push_back({side.name, side.port, port_index(ports_.size()), zone, side.address, side.vlan,
                    side.mtu, side.tap, device->port.get()});
}

void RouterPorts::start(const PacketPools& pools, const TscClock& clock) {
  for (const Device& device : devices_) {
    try {
      device.port->start(pools.for_room(device.port->frame_room()));
    } catch (const std::runtime_error& e) {
      throw port_error(device.where, device.text, e.what());
    }
  }
  wait_for_links(clock);
  for (const RouterPort& port : ports_)
    spdlog::info("{}: {} on {}{} by {}, MAC {}", port.name, to_string(port.interface),
                 port.device_name, port.vlan == 0 ? "" : " VLAN " + std::to_string(port.vlan),
                 port.device->driver(), to_string(port.device->mac()));
}

// A link that is still being negotiated is no lost one: its uplink would begin in hold-down.
void RouterPorts::wait_for_links(const TscClock& clock) {
  std::vector<const Device*> waited_for;
  std::vector<std::function<bool()>> links;
  for (const Device& device : devices_) {
    if (!device.port->negotiates_link()) continue;
    waited_for.push_back(&device);
    links.emplace_back([port = device.port.get()] { return port->link_up(); });
  }
  const auto nap = [](auto time) { std::this_thread::sleep_for(time); };
  const auto took =
      spillway::wait_for_links(links, {kLinkPatience, [&clock] { return clock.now(); }, nap});
  for (std::size_t i = 0; i < links.size(); ++i) {
    const Device& device = *waited_for[i];
    if (took[i])
      spdlog::info("port {}: link after {:.1f} s", device.text,
                   std::chrono::duration<double>(*took[i]).count());
    else
      go_without_link(device);
    device.port->throw_away_old_frames();
  }
}

/// Either its cable is out, or the interrupt that would tell never comes: nobody knows.
void RouterPorts::go_without_link(const Device& device) {
  spdlog::warn("port {}: no link after {} s, is its cable in? Starting without it", device.text,
               kLinkPatience.count());
  if (device.port->is_link_polled() || !device.port->is_card()) return;
  try {
    device.port->poll_link();
  } catch (const std::runtime_error& e) {
    throw port_error(device.where, device.text, e.what());
  }
}

bool RouterPorts::link_interrupted() const {
  bool any = false;
  for (const Device& device : devices_) any |= device.port->link_interrupted();
  return any;
}

PacketPools::Needs RouterPorts::buffers(const config::Config& config) {
  constexpr std::uint32_t queues = 2 * EthPort::kDescriptors;
  constexpr std::uint32_t rings = 2560;      // to and from the control core
  constexpr std::uint32_t others = 1536;     // bursts, waiting for neighbours, caches
  constexpr std::uint32_t fragments = 8192;  // Fragments::kDatagrams, of the most pieces each
  PacketPools::Needs needs{rings + others, 0, rings + others, 0};
  bool joins_fragments = false;
  const auto add = [&](const auto& side) {
    const config::PortName name = *config::parse_port_name(side.port);
    needs.packet_room = std::max<std::size_t>(needs.packet_room, side.mtu + kLinkOverhead);
    if (name.kind == config::PortName::Kind::linux) {
      // It copies: no buffer waits in its queues, and the kernel has joined the fragments.
      needs.datagram_room = std::max(needs.datagram_room, frame_room(name, side.mtu));
      return;
    }
    needs.packets += queues;
    needs.datagrams += queues / 2;
    joins_fragments = true;
  };
  std::for_each(config.lans.begin(), config.lans.end(), add);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), add);
  needs.packets += joins_fragments ? fragments : fragments / 4;  // of Linux' own in any case
  return needs;
}

WorkerPort RouterPorts::worker_port(const RouterPort& port) {
  return {.ethdev = port.device->id(),
          .index = port.index,
          .vlan = port.vlan,
          .sends_segments = port.device->sends_segments()};
}

PipelinePort RouterPorts::pipeline_port(const RouterPort& port) {
  return {port.zone, port.device->mac(), port.mtu, port.companion};
}

}  // namespace spillway
