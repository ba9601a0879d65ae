// Orders over connections under any sequence of openings, outages and returns, against a model that
// knows each connection and where it may go (R35, R36).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "tests/support/orders.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

constexpr std::uint16_t kForwarded = 80;
const UplinkSet kBoth = UplinkSet::first(2);

/// Who opens it, and what rules say of it.
enum class Kind { free, to_first, to_second, to_any, from_linux, from_outside };

Ipv4Addr server_of(Kind kind) {
  return Ipv4Addr::of(9, 9, 9, static_cast<unsigned>(kind) + 1);
}

/// A connection as the model knows it.
struct Known {
  Kind kind;
  UplinkId uplink;
  Millis created;
};

class World {
 public:
  World() {
    const auto rule = [](Kind kind, UplinkSet uplinks) {
      PolicyRuleSpec spec;
      spec.to = {server_of(kind), 32};
      spec.uplinks = uplinks;
      return spec;
    };
    const PolicyRuleSpec rules[] = {rule(Kind::to_first, only(kIsp1)),
                                    rule(Kind::to_second, only(kIsp2)), rule(Kind::to_any, kBoth)};
    router_.config.policy = PolicyTable(rules);
    const PortForwardSpec forwards[] = {{kIsp1, IpProto::udp, kForwarded, kForwarded, kHost, 8080},
                                        {kIsp2, IpProto::udp, kForwarded, kForwarded, kHost, 8080}};
    router_.config.forwards = ForwardTable(forwards);
    router_.config.plan.mode = BalanceMode::failover;
  }

  /// Nothing opens where nothing may be used.
  void open(Kind kind, UplinkId from) {
    FrameSpec s;
    s.src_port = ++number_;
    s.dst = server_of(kind);
    Fate fate;
    if (kind == Kind::from_outside) {
      s.src = server_of(kind);
      s.dst = from == kIsp1 ? kIsp1Address : kIsp2Address;
      s.dst_port = kForwarded;
      fate = router_.packet(from == kIsp1 ? kWan1 : kWan2, build_frame(s));
      RC_ASSERT(fate.port == kLan);
    } else if (kind == Kind::from_linux) {
      s.src = kIsp1Address;
      fate = router_.from_kernel(s);
    } else {
      fate = router_.from_lan(s);
    }
    const UplinkId expected = kind == Kind::from_outside ? from : place(kind);
    RC_ASSERT(fate.port.has_value() == (expected != UplinkId::none));
    if (expected != UplinkId::none)
      known_.emplace(number_, Known{kind, expected, Millis::of(now_)});
  }

  void pass(unsigned ms) {
    now_ += std::chrono::milliseconds(ms);
    router_.at(std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()));
  }

  void see(UplinkSet usable) {
    router_.word.usable = usable;
    router_.word.active = usable.contains(kIsp1)   ? kIsp1
                          : usable.contains(kIsp2) ? kIsp2
                                                   : UplinkId::none;
  }

  /// Carries out the order and compares who is left.
  void obey(const ConnectionOrder& order) {
    router_.order(order);
    std::erase_if(known_, [&](const auto& entry) { return ends(order, entry.second); });
    RC_ASSERT(router_.connections().size() == known_.size());
    std::map<UplinkId, std::size_t> expected;
    for (const auto& [number, c] : known_) ++expected[c.uplink];
    for (const UplinkId id : {kIsp1, kIsp2}) RC_ASSERT(on(id) == expected[id]);
  }

  Millis now() const { return Millis::of(now_); }

 private:
  /// Where it would be placed now.
  UplinkId place(Kind kind) const {
    UplinkSet may = router_.word.usable;
    if (kind == Kind::to_first) may = may & only(kIsp1);
    if (kind == Kind::to_second) may = may & only(kIsp2);
    if (kind == Kind::from_outside) may = {};
    return may.contains(kIsp1) ? kIsp1 : may.contains(kIsp2) ? kIsp2 : UplinkId::none;
  }
  bool ends(const ConnectionOrder& order, const Known& c) const {
    if (!order.set().contains(c.uplink)) return false;
    const UplinkId to = place(c.kind);
    if (!order.goes_home()) return !router_.word.usable.contains(c.uplink) && to != UplinkId::none;
    const bool meanwhile = c.created.value >= order.from.value && c.created.value <= order.to.value;
    return meanwhile && to == order.home;
  }
  std::size_t on(UplinkId id) {
    std::size_t n = 0;
    ConnectionTable& table = router_.connections();
    for (std::uint32_t i = 0; i < table.capacity(); ++i) {
      const auto at = static_cast<ConnIndex>(i);
      n += table.is_used(at) && table[at].uplink == id;
    }
    return n;
  }

  TestRouter router_;
  TimePoint now_{std::chrono::seconds(1000)};
  std::map<std::uint16_t, Known> known_;
  std::uint16_t number_ = 1000;
};

RC_GTEST_PROP(SweepProperty, R35_R36_OnlyThoseEndThatCanGoWhereTheOrderWantsThem, ()) {
  World world;
  for (int step = 0; step < 60; ++step) {
    world.pass(*rc::gen::inRange(1u, 50u));
    const UplinkId one = *rc::gen::element(kIsp1, kIsp2);
    const UplinkId other = one == kIsp1 ? kIsp2 : kIsp1;
    switch (*rc::gen::weightedElement<int>({{6, 0}, {2, 1}, {2, 2}, {1, 3}})) {
      case 0:
        world.open(static_cast<Kind>(*rc::gen::inRange(0, 6)), one);
        break;
      case 1:
        world.see(UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 4))));
        break;
      case 2:
        world.obey(leave(one));
        break;
      default: {
        const auto age = *rc::gen::inRange(0u, 500u);
        const Millis since{world.now().value - age};
        world.obey(go_home(one, only(other), since, Millis{since.value + age / 2}));
      }
    }
  }
}

}  // namespace
}  // namespace spillway::test
