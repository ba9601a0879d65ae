#pragma once
// An Ethernet device of DPDK, from its name in the configuration to running queues.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/config/port_name.h"
#include "control/linux/taken_interface.h"
#include "control/ports/device.h"
#include "control/ports/port_lock.h"
#include "control/ports/sorting.h"
#include "dataplane/net/addr.h"

struct rte_mempool;

namespace spillway {

/// Thread contract: control only; the queues belong to a worker between `start` and the end, which
/// must come after the worker's.
class EthPort {
 public:
  /// Of each queue, unless the driver wants another number.
  static constexpr std::uint16_t kDescriptors = 1024;

  struct Request {
    config::PortName name;
    std::uint16_t mtu = 1500;    ///< bytes of IP packet: the most of its sub-interfaces
    std::optional<MacAddr> mac;  ///< default: the device's own
  };

  /// Finds the device, or brings it in. Throws std::runtime_error that says what to do.
  EthPort(const Request& request, linux_side::Netlink& netlink);
  ~EthPort();
  EthPort(const EthPort&) = delete;
  EthPort& operator=(const EthPort&) = delete;

  /// Queues to receive and to send by, in pairs.
  struct Queues {
    std::vector<rte_mempool*> pools;  ///< one for each: buffers for what it receives
    Sorting sorting;
  };
  /// Configures and starts the queues. Frames that arrived before are thrown away. Throws
  /// std::runtime_error.
  void start(Queues queues);
  /// Starts it anew without interrupts of its link, which is looked at itself from then on. Throws
  /// std::runtime_error.
  void poll_link();
  void throw_away_old_frames() const noexcept;

  std::uint16_t id() const noexcept { return device_->id(); }
  /// Whether it is a network card of DPDK's own.
  bool is_card() const noexcept { return request_.name.kind == config::PortName::Kind::pci; }
  const MacAddr& mac() const noexcept { return mac_; }
  /// Bytes that one buffer must take.
  std::size_t frame_room() const { return spillway::frame_room(request_.name, request_.mtu); }
  /// How many queues it has, and whether it can fill them as we wish.
  const SortAbility& sort_ability() const noexcept { return sort_ability_; }
  /// Whether a frame may lie in several buffers on the way out.
  bool sends_segments() const noexcept { return sends_segments_; }
  /// NUMA node, -1: any.
  int socket() const noexcept;
  const std::string& driver() const noexcept { return driver_; }
  /// Whether the link carries, as far as the device tells.
  bool link_up() const noexcept;
  /// Whether `link_up` talks to the hardware, which may take a millisecond.
  bool is_link_polled() const noexcept { return is_card() && !has_interrupts_; }
  /// Whether the link takes its time to come up.
  bool negotiates_link() const noexcept;
  /// Whether the device has told of a change by itself since the last call.
  bool link_interrupted() noexcept { return link_interrupt_.exchange(false); }
  /// How a change of its link is noticed, in words.
  const char* link_watch() const noexcept;
  /// Queues in use, to receive and to send by, and the places in each.
  std::uint16_t queues() const noexcept { return static_cast<std::uint16_t>(queues_.pools.size()); }
  std::uint16_t rx_ring() const noexcept { return rx_ring_; }
  std::uint16_t tx_ring() const noexcept { return tx_ring_; }
  /// Whether its card fills the queues by our keys.
  bool sorts() const noexcept { return queues_.sorting.hash != nullptr; }
  /// What an admin should look at, a sentence each.
  std::vector<std::string> warnings() const;

 private:
  void read_abilities();
  void bring_up();
  void set_up_queues();
  template <typename SetUp>
  int near(SetUp&& set_up) const;
  void stop() noexcept;
  void set_mtu();
  void hear_groups();
  void check(int error, const std::string& what) const;

  Request request_;
  std::optional<PortLock> lock_;  ///< of other than cards, see ClaimedCards
  std::optional<linux_side::TakenInterface> taken_;
  std::optional<AttachedDevice> device_;
  std::string driver_;
  bool started_ = false;
  Queues queues_;
  SortAbility sort_ability_;
  bool has_interrupts_ = false;  ///< when its link changes
  std::atomic<bool> link_interrupt_{false};
  bool sends_segments_ = false;
  MacAddr mac_;
  std::uint16_t rx_ring_ = kDescriptors;
  std::uint16_t tx_ring_ = kDescriptors;
};

}  // namespace spillway
