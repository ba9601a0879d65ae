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
      device = devices_.insert(devices_.end(),
                               {side.port, side.where, zone == Zone::lan, std::move(port)});
    } catch (const std::runtime_error& e) {
      throw port_error(side.where, side.port, e.what());
    }
    for (const std::string& warning : device->port->warnings())
      spdlog::warn("port {}: {}", side.port, warning);
  }
  ports_.push_back({side.name, side.port, port_index(ports_.size()), zone, side.address, side.vlan,
                    side.mtu, side.tap, device->port.get()});
}

std::uint16_t RouterPorts::sortable() const noexcept {
  std::uint16_t fewest = UINT16_MAX;
  for (const Device& device : devices_)
    fewest = std::min(fewest, device.port->sort_ability().sortable());
  return fewest;
}

RssHash::Settings RouterPorts::hash_settings(std::uint64_t random) const {
  std::vector<SortAbility> cards;
  for (const Device& device : devices_) cards.push_back(device.port->sort_ability());
  return common_settings(random, cards);
}

void RouterPorts::share_queues(const OwnerMap& owners) {
  owners_ = &owners;
  for (std::size_t i = 0; i < devices_.size(); ++i)
    devices_[i].queues = PortQueues::plan(static_cast<unsigned>(i), owners.workers(),
                                          devices_[i].port->sort_ability().sortable());
}

const RouterPorts::Device& RouterPorts::device_of(const RouterPort& port) const {
  return *std::find_if(devices_.begin(), devices_.end(),
                       [&](const Device& d) { return d.port.get() == port.device; });
}

EthPort::Queues RouterPorts::queues_of(const Device& device, const PacketPools& pools) const {
  EthPort::Queues queues;
  const std::size_t room = device.port->frame_room();
  for (std::uint16_t q = 0; q < device.queues.queues; ++q)
    queues.pools.push_back(pools.for_room(room, device.queues.worker_of(q, owners_->workers())));
  if (device.queues.queues == 1) return queues;
  queues.sorting.hash = &owners_->hash();
  queues.sorting.on_lan_side = device.on_lan_side;
  queues.sorting.queue_of = [owners = owners_, plan = device.queues](std::size_t index) {
    return plan.queue_for_owner(owners->owner_of(index), owners->workers());
  };
  return queues;
}

void RouterPorts::start(const PacketPools& pools, const TscClock& clock) {
  for (const Device& device : devices_) {
    try {
      device.port->start(queues_of(device, pools));
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

PacketPools::Needs RouterPorts::buffers(const config::Config& config, unsigned workers) {
  constexpr std::uint32_t rings = 2560;      // of a worker, to and from the control core
  constexpr std::uint32_t handoff = 1024;    // of each pair of workers
  constexpr std::uint32_t others = 1536;     // of a worker: bursts, waiting for neighbours, caches
  constexpr std::uint32_t fragments = 8192;  // Fragments::kDatagrams, of the most pieces each
  const std::uint32_t always = workers * (rings + others) + workers * (workers - 1) * handoff;
  PacketPools::Needs needs{always, 0, always, 0};
  bool joins_fragments = false;
  const auto add = [&](const auto& side) {
    const config::PortName name = *config::parse_port_name(side.port);
    needs.packet_room = std::max<std::size_t>(needs.packet_room, side.mtu + kLinkOverhead);
    if (name.kind == config::PortName::Kind::linux) {
      // It copies: no buffer waits in its queues, and the kernel has joined the fragments.
      needs.datagram_room = std::max(needs.datagram_room, frame_room(name, side.mtu));
      return;
    }
    const unsigned queues = name.kind == config::PortName::Kind::pci ? workers : 1;
    needs.packets += 2 * queues * EthPort::kDescriptors;
    needs.datagrams += queues * EthPort::kDescriptors;
    joins_fragments = true;
  };
  std::for_each(config.lans.begin(), config.lans.end(), add);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), add);
  // Of Linux' own in any case.
  needs.packets += workers * (joins_fragments ? fragments : fragments / 4);
  return needs;
}

WorkerPort RouterPorts::worker_port(const RouterPort& port, unsigned worker) const {
  const PortQueues& queues = device_of(port).queues;
  const unsigned workers = owners_->workers();
  const std::uint16_t own = queues.queue_of(worker, workers);
  return {.ethdev = port.device->id(),
          .rx_queue = own,
          .tx_queue = own,
          .sender = queues.sender_for(worker, workers),
          .index = port.index,
          .vlan = port.vlan,
          .sends_segments = port.device->sends_segments()};
}

PipelinePort RouterPorts::pipeline_port(const RouterPort& port) const {
  return {port.zone, port.device->mac(), port.mtu, port.companion, device_of(port).queues.sorted};
}

}  // namespace spillway
