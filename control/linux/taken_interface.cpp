#include "control/linux/taken_interface.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace spillway::linux_side {
namespace {

struct Silence {
  const char* key;  ///< below net/, with % for the interface
  const char* value;
  const char* otherwise;  ///< what happens when it cannot be set
};

// The companion interfaces hold the router's addresses, and Linux accepts those by any interface
// and answers ARP for them on any. An interface without an address of its own fails every reverse
// path check, which drops what the kernel gets here.
constexpr std::array<Silence, 5> kSilence{{
    {"ipv4/conf/%/rp_filter", "1", "the kernel handles its packets too"},
    {"ipv4/conf/%/arp_ignore", "8", "the kernel answers ARP there too"},
    {"ipv4/conf/%/forwarding", "0", "the kernel may route its packets a second time"},
    {"ipv6/conf/%/disable_ipv6", "1", "the kernel speaks IPv6 there"},
    {"ipv4/conf/%/send_redirects", "0", "the kernel may send redirects"},
}};

std::string named(const char* key, const std::string& interface) {
  std::string text = std::string("net/") + key;
  return text.replace(text.find('%'), 1, interface);
}

/// A feature of the driver: how it is read and set, and which bits of the value it is.
struct Merging {
  std::uint32_t get;
  std::uint32_t set;
  std::uint32_t bits;
  const char* name;  ///< as ethtool calls it
};
constexpr std::array<Merging, 2> kMerging{{
    {ETHTOOL_GGRO, ETHTOOL_SGRO, 1, "gro"},
    {ETHTOOL_GFLAGS, ETHTOOL_SFLAGS, ETH_FLAG_LRO, "lro"},
}};

/// True where it is off afterwards, or not known to the driver.
bool switch_off(int fd, const std::string& name, const Merging& merging) {
  ethtool_value value{};
  ifreq r{};
  name.copy(r.ifr_name, IFNAMSIZ - 1);
  r.ifr_data = reinterpret_cast<char*>(&value);
  value.cmd = merging.get;
  if (ioctl(fd, SIOCETHTOOL, &r) != 0 || (value.data & merging.bits) == 0) return true;
  value.cmd = merging.set;
  value.data &= ~merging.bits;
  return ioctl(fd, SIOCETHTOOL, &r) == 0;
}

}  // namespace

TakenInterface::TakenInterface(Netlink& netlink, const std::string& name, std::uint16_t mtu)
    : carrier_(name),
      is_hardware_(access(("/sys/class/net/" + name + "/device").c_str(), F_OK) == 0) {
  const auto found = netlink.find(name);
  if (!found) throw std::runtime_error("there is no such Linux interface");
  if (!found->ethernet) throw std::runtime_error("is no Ethernet interface");
  if (!found->master.empty())
    throw std::runtime_error("belongs to " + found->master + "; take it out first: ip link set " +
                             name + " nomaster");
  for (const Ipv4Addr address : found->addresses)
    warnings_.push_back("Linux has the address " + to_string(address) + " on " + name +
                        " and answers there too; remove it: ip addr del " + to_string(address) +
                        " dev " + name);
  silence_kernel(name);
  stop_merging(name);
  netlink.set_up(name, mtu);
}

bool TakenInterface::has_carrier() const noexcept {
  return carrier_.up();
}

void TakenInterface::silence_kernel(const std::string& name) {
  for (const Silence& silence : kSilence) {
    const std::string key = named(silence.key, name);
    const bool ipv6 = key.find("/ipv6/") != std::string::npos;
    // Without IPv6 in the kernel there is nothing to silence.
    if (ipv6 && access("/proc/sys/net/ipv6", F_OK) != 0) continue;
    if (!sysctls_.set(key, silence.value))
      warnings_.push_back("/proc/sys/" + key + " cannot be set to " + silence.value + ": " +
                          silence.otherwise);
  }
}

// A merged frame is longer than any link takes; a router must see what was sent.
void TakenInterface::stop_merging(const std::string& name) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  for (const Merging& merging : kMerging)
    if (!switch_off(fd, name, merging))
      warnings_.push_back(std::string("frames may arrive merged: ethtool -K ") + name + " " +
                          merging.name + " off");
  close(fd);
}

}  // namespace spillway::linux_side
