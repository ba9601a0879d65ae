#include "control/ports/eth_port.h"

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "control/log/log.h"
#include "control/ports/pci_card.h"

namespace spillway {
namespace {

/// Where a device has no address of its own: a locally administered one.
MacAddr made_up(std::uint16_t id) {
  return MacAddr{{0x02, 0x53, 0x50, 0, 0, static_cast<std::uint8_t>(id + 1)}};
}

MacAddr address_of(std::uint16_t id) {
  rte_ether_addr address{};
  rte_eth_macaddr_get(id, &address);
  MacAddr mac;
  std::copy_n(address.addr_bytes, mac.bytes.size(), mac.bytes.begin());
  return mac == MacAddr{} ? made_up(id) : mac;
}

/// On a thread of DPDK's.
int on_link(std::uint16_t, rte_eth_event_type, void* interrupted, void*) {
  static_cast<std::atomic<bool>*>(interrupted)->store(true);
  return 0;
}

rte_ether_addr to_dpdk(const MacAddr& mac) {
  rte_ether_addr address{};
  std::copy(mac.bytes.begin(), mac.bytes.end(), address.addr_bytes);
  return address;
}

}  // namespace

EthPort::EthPort(const Request& request, linux_side::Netlink& netlink) : request_(request) {
  if (const std::string what = obstacle(request.name); !what.empty())
    throw std::runtime_error(what);
  if (!is_card()) lock_.emplace(request.name.taken_interface().value_or(request.name.device));
  if (request.name.kind == config::PortName::Kind::linux)
    taken_.emplace(netlink, request.name.device, request.mtu);
  device_.emplace(device_of(request.name, request.mtu));
  read_abilities();
}

EthPort::~EthPort() {
  stop();
}

void EthPort::stop() noexcept {
  if (!started_) return;
  if (has_interrupts_)
    rte_eth_dev_callback_unregister(id(), RTE_ETH_EVENT_INTR_LSC, on_link, &link_interrupt_);
  rte_eth_dev_stop(id());
  started_ = false;
}

void EthPort::check(int error, const std::string& what) const {
  const std::string reason = first_dpdk_error();
  if (error == 0) return;
  throw std::runtime_error(what + ": " + (reason.empty() ? rte_strerror(-error) : reason));
}

void EthPort::read_abilities() {
  rte_eth_dev_info info{};
  check(rte_eth_dev_info_get(id(), &info), "the driver does not describe the device");
  driver_ = info.driver_name;
  has_interrupts_ = (*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0 &&
                    (!is_card() || PciCard(request_.name.device).can_interrupt());
  sends_segments_ = (info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0;
  sort_ability_ = SortAbility::of(info);
  mac_ = address_of(id());
}

void EthPort::start(Queues queues) {
  queues_ = std::move(queues);
  bring_up();
}

void EthPort::poll_link() {
  stop();
  has_interrupts_ = false;
  bring_up();
}

void EthPort::bring_up() {
  first_dpdk_error();
  rte_eth_conf conf{};
  conf.intr_conf.lsc = has_interrupts_;
  if (sends_segments_) conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
  const bool sorts = queues_.sorting.hash != nullptr;
  if (sorts) configure_sorting(conf, sort_ability_, queues_.sorting);
  const auto count = static_cast<std::uint16_t>(queues_.pools.size());
  check(rte_eth_dev_configure(id(), count, count, &conf), "cannot be configured");
  set_up_queues();
  if (request_.mac && *request_.mac != mac_) {
    rte_ether_addr wanted = to_dpdk(*request_.mac);
    check(rte_eth_dev_default_mac_addr_set(id(), &wanted),
          "cannot have the MAC address " + to_string(*request_.mac));
    mac_ = *request_.mac;
  }
  if (has_interrupts_)
    rte_eth_dev_callback_register(id(), RTE_ETH_EVENT_INTR_LSC, on_link, &link_interrupt_);
  check(rte_eth_dev_start(id()), "cannot be started");
  started_ = true;
  if (sorts)
    check(fill_table(id(), sort_ability_, queues_.sorting), "cannot sort packets into its queues");
  if (is_card()) hear_groups();
  throw_away_old_frames();
}

/// On memory of the device's own node, or on any when that has none left.
template <typename SetUp>
int EthPort::near(SetUp&& set_up) const {
  const int error = set_up(static_cast<unsigned>(socket()));
  return error == -ENOMEM ? set_up(static_cast<unsigned>(SOCKET_ID_ANY)) : error;
}

void EthPort::set_up_queues() {
  check(rte_eth_dev_adjust_nb_rx_tx_desc(id(), &rx_ring_, &tx_ring_), "has no such queues");
  set_mtu();
  for (std::uint16_t q = 0; q < queues_.pools.size(); ++q) {
    check(near([&](unsigned node) {
            return rte_eth_rx_queue_setup(id(), q, rx_ring_, node, nullptr, queues_.pools[q]);
          }),
          "cannot set up a receive queue");
    check(near([&](unsigned node) {
            return rte_eth_tx_queue_setup(id(), q, tx_ring_, node, nullptr);
          }),
          "cannot set up a transmit queue");
  }
}

/// Linux' services take part in DHCP, VRRP and the like; which groups they join we don't know.
void EthPort::hear_groups() {
  const int error = rte_eth_allmulticast_enable(id());
  if (error != -ENOTSUP) check(error, "cannot receive what is sent to groups");
}

/// A Linux interface was given its MTU already; its driver refuses what it could well do.
void EthPort::set_mtu() {
  std::uint16_t now = 0;
  if (taken_ || (rte_eth_dev_get_mtu(id(), &now) == 0 && now == request_.mtu)) return;
  const int error = rte_eth_dev_set_mtu(id(), request_.mtu);
  // A driver without an MTU of its own carries what an Ethernet does.
  if (error == -ENOTSUP && request_.mtu <= RTE_ETHER_MTU) return;
  check(error, "cannot have an MTU of " + std::to_string(request_.mtu));
}

// A packet socket has been receiving since it was opened, a card while others waited for a link.
void EthPort::throw_away_old_frames() const noexcept {
  constexpr unsigned most = 1024;  // bursts: a flood must not keep us here
  std::array<rte_mbuf*, 32> old;
  for (std::uint16_t q = 0; q < queues_.pools.size(); ++q) {
    for (unsigned i = 0; i < most; ++i) {
      const std::uint16_t n =
          rte_eth_rx_burst(id(), q, old.data(), static_cast<std::uint16_t>(old.size()));
      if (n == 0) break;
      rte_pktmbuf_free_bulk(old.data(), n);
    }
  }
}

bool EthPort::link_up() const noexcept {
  // A packet socket's driver says "up" whatever happens; Linux knows better.
  if (taken_) return taken_->has_carrier();
  // With interrupts this is what the last one told; without, the driver asks the hardware.
  rte_eth_link link{};
  return rte_eth_link_get_nowait(id(), &link) != 0 || link.link_status == RTE_ETH_LINK_UP;
}

bool EthPort::negotiates_link() const noexcept {
  return is_card() || (taken_ && taken_->is_hardware());
}

const char* EthPort::link_watch() const noexcept {
  if (taken_) return "Linux' carrier, every 10 ms";
  if (has_interrupts_) return "interrupts";
  return is_link_polled() ? "asking the card, every 100 ms" : "asking the driver, every 10 ms";
}

int EthPort::socket() const noexcept {
  return rte_eth_dev_socket_id(id());
}

std::vector<std::string> EthPort::warnings() const {
  std::vector<std::string> all;
  if (taken_) all = taken_->warnings();
  if (!sends_segments_)
    all.push_back("the driver " + driver_ +
                  " sends no frames from several buffers: fragments are copied");
  return all;
}

}  // namespace spillway
