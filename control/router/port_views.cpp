// What the router shows of its ports.

#include "control/ports/device_facts.h"
#include "control/router/views.h"

namespace spillway {
namespace {

std::string sorting_of(const EthPort& device) {
  if (device.sorts())
    return "sorts connections into " + std::to_string(device.queues()) + " queues by our keys";
  const std::uint16_t could = device.sort_ability().sortable();
  return could > 1 ? "not used: one queue serves all workers" : "none: the driver cannot sort";
}

}  // namespace

std::vector<std::string> Views::port_names() const {
  std::vector<std::string> names;
  for (const RouterPort& port : parts_.ports.all()) names.push_back(port.name);
  return names;
}

PortCounts Views::port_counts(std::size_t i) const {
  PortCounts counts;
  for (std::size_t w = 0; w < parts_.workers.size(); ++w) {
    const PortCounters& from = parts_.workers.counters(w).ports[i];
    counts.rx_packets += from.rx_packets.get();
    counts.rx_bytes += from.rx_bytes.get();
    counts.tx_packets += from.tx_packets.get();
    counts.tx_bytes += from.tx_bytes.get();
  }
  const DeviceCounts device = counts_of_device(port(i).device->id());
  counts.rx_missed = device.rx_missed;
  counts.rx_errors = device.rx_errors;
  counts.rx_nombuf = device.rx_nombuf;
  counts.tx_errors = device.tx_errors;
  return counts;
}

std::vector<PortStatistic> Views::port_statistics(std::size_t i) const {
  return statistics_of_device(port(i).device->id());
}

PortInfo Views::port_info(std::size_t i) const {
  const RouterPort& port = this->port(i);
  const EthPort& device = *port.device;
  PortInfo info;
  info.name = port.name;
  info.kind = is_uplink(port.zone) ? "uplink" : "lan";
  info.device = port.device_name;
  info.driver = device.driver();
  info.mac = to_string(device.mac());
  info.address = to_string(port.interface);
  info.vlan = port.vlan;
  info.mtu = port.mtu;
  info.link = link_of(port);
  // Drivers of other devices make up a speed.
  const DeviceLink link = device.is_card() ? link_of_device(device.id()) : DeviceLink{};
  info.speed_mbps = link.speed_mbps;
  info.full_duplex = link.full_duplex;
  info.link_watch = device.link_watch();
  info.numa_socket = device.socket();
  info.queues = device.queues();
  info.most_queues = device.sort_ability().queues;
  info.rx_descriptors = device.rx_ring();
  info.tx_descriptors = device.tx_ring();
  DeviceOffloads offloads = offloads_of_device(device.id());
  info.offloads = std::move(offloads.used);
  info.possible_offloads = std::move(offloads.possible);
  info.sorting = sorting_of(device);
  return info;
}

}  // namespace spillway
