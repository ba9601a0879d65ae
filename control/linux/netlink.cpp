#include "control/linux/netlink.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>

#include <cstring>
#include <stdexcept>

namespace spillway::linux_side {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + nl_geterror(error));
}

void check(int error, const std::string& what) {
  if (error < 0) fail(what, error);
}

template <auto Put>
struct Putter {
  template <typename T>
  void operator()(T* object) const noexcept {
    Put(object);
  }
};
using Link = std::unique_ptr<rtnl_link, Putter<rtnl_link_put>>;
using Address = std::unique_ptr<rtnl_addr, Putter<rtnl_addr_put>>;
using Route = std::unique_ptr<rtnl_route, Putter<rtnl_route_put>>;
using RawAddress = std::unique_ptr<nl_addr, Putter<nl_addr_put>>;
using Cache = std::unique_ptr<nl_cache, Putter<nl_cache_free>>;

RawAddress raw(Ipv4Addr address, std::uint8_t length) {
  RawAddress result(nl_addr_build(AF_INET, &address.be, sizeof address.be));
  if (!result) throw std::bad_alloc();
  nl_addr_set_prefixlen(result.get(), length);
  return result;
}

Link link_of(nl_sock* socket, const std::string& name) {
  rtnl_link* found = nullptr;
  const int error = rtnl_link_get_kernel(socket, 0, name.c_str(), &found);
  if (error < 0 && error != -NLE_OBJ_NOTFOUND && error != -NLE_NODEV) fail(name, error);
  return Link(found);
}

int index_of(const std::string& name) {
  const unsigned index = if_nametoindex(name.c_str());
  if (index == 0) throw std::runtime_error(name + ": no such interface");
  return static_cast<int>(index);
}

std::vector<Ipv4Addr> addresses_of(nl_sock* socket, int index) {
  nl_cache* filled = nullptr;
  check(rtnl_addr_alloc_cache(socket, &filled), "addresses");
  const Cache cache(filled);
  std::vector<Ipv4Addr> found;
  for (nl_object* o = nl_cache_get_first(filled); o != nullptr; o = nl_cache_get_next(o)) {
    auto* address = reinterpret_cast<rtnl_addr*>(o);
    if (rtnl_addr_get_ifindex(address) != index || rtnl_addr_get_family(address) != AF_INET)
      continue;
    Ipv4Addr value;
    std::memcpy(&value.be, nl_addr_get_binary_addr(rtnl_addr_get_local(address)), sizeof value.be);
    found.push_back(value);
  }
  return found;
}

Route route_of(const std::string& name, const Ipv4Prefix& to, Ipv4Addr via, std::uint32_t metric) {
  Route route(rtnl_route_alloc());
  rtnl_nexthop* hop = rtnl_route_nh_alloc();
  if (!route || hop == nullptr) throw std::bad_alloc();
  rtnl_route_nh_set_ifindex(hop, index_of(name));
  rtnl_route_nh_set_gateway(hop, raw(via, 32).get());
  rtnl_route_add_nexthop(route.get(), hop);
  rtnl_route_set_family(route.get(), AF_INET);
  rtnl_route_set_dst(route.get(), raw(to.base, to.length).get());
  rtnl_route_set_priority(route.get(), metric);
  rtnl_route_set_protocol(route.get(), RTPROT_STATIC);
  return route;
}

}  // namespace

void Netlink::Close::operator()(nl_sock* socket) const noexcept {
  nl_socket_free(socket);
}

Netlink::Netlink() : socket_(nl_socket_alloc()) {
  if (!socket_) throw std::bad_alloc();
  check(nl_connect(socket_.get(), NETLINK_ROUTE), "netlink");
}

Netlink::~Netlink() = default;

std::optional<Interface> Netlink::find(const std::string& name) {
  const Link link = link_of(socket_.get(), name);
  if (!link) return std::nullopt;
  Interface found;
  found.index = rtnl_link_get_ifindex(link.get());
  found.mtu = static_cast<std::uint16_t>(rtnl_link_get_mtu(link.get()));
  found.up = (rtnl_link_get_flags(link.get()) & IFF_UP) != 0;
  found.ethernet = rtnl_link_get_arptype(link.get()) == ARPHRD_ETHER;
  if (const int master = rtnl_link_get_master(link.get()); master > 0) {
    char text[IF_NAMESIZE] = {};
    if (if_indextoname(static_cast<unsigned>(master), text) != nullptr) found.master = text;
  }
  found.addresses = addresses_of(socket_.get(), found.index);
  return found;
}

void Netlink::set_up(const std::string& name, std::uint16_t mtu) {
  const Link was = link_of(socket_.get(), name);
  if (!was) throw std::runtime_error(name + ": no such interface");
  const Link wanted(rtnl_link_alloc());
  rtnl_link_set_flags(wanted.get(), IFF_UP);
  rtnl_link_set_mtu(wanted.get(), mtu);
  check(rtnl_link_change(socket_.get(), was.get(), wanted.get(), 0),
        name + ": cannot be set up with an MTU of " + std::to_string(mtu));
}

void Netlink::add_address(const std::string& name, const Ipv4Interface& address) {
  const Address added(rtnl_addr_alloc());
  if (!added) throw std::bad_alloc();
  rtnl_addr_set_ifindex(added.get(), index_of(name));
  check(rtnl_addr_set_local(added.get(), raw(address.address, address.length).get()), name);
  if (address.length < 31)
    rtnl_addr_set_broadcast(added.get(), raw(address.network().broadcast(), 32).get());
  check(rtnl_addr_add(socket_.get(), added.get(), NLM_F_REPLACE),
        name + ": cannot have the address " + to_string(address));
}

void Netlink::add_route(const std::string& name, const Ipv4Prefix& to, Ipv4Addr via,
                        std::uint32_t metric) {
  check(rtnl_route_add(socket_.get(), route_of(name, to, via, metric).get(), NLM_F_REPLACE),
        name + ": cannot have the route to " + to_string(to) + " via " + to_string(via));
}

void Netlink::remove_route(const std::string& name, const Ipv4Prefix& to, Ipv4Addr via,
                           std::uint32_t metric) {
  check(rtnl_route_delete(socket_.get(), route_of(name, to, via, metric).get(), 0),
        name + ": cannot lose the route to " + to_string(to) + " via " + to_string(via));
}

}  // namespace spillway::linux_side
