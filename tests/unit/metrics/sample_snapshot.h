#pragma once
// A router at one moment, with something of everything that can be shown.

#include "control/metrics/router_snapshot.h"

namespace spillway::test {

inline constexpr auto kStickyMark = static_cast<std::size_t>(Mark::sticky);

inline UplinkView sample_uplink() {
  UplinkView first;
  first.name = "ISP_1";
  first.health = "down";
  first.reason = "link lost";
  first.since = std::chrono::milliseconds(2500);
  first.hold_down = std::chrono::milliseconds(1000);
  first.link = false;
  first.rate = {{8000}, {800}};
  first.threshold = config::Threshold{config::Traffic::received, config::RateLimit::both({5000}),
                                      config::RateLimit::both({4000})};
  first.room = Balancer::Room{{320}, {40}, 7};
  first.probes.push_back({"arp", "1.1.1.1", "failed", false, 9, 6, 0.25,
                          std::chrono::microseconds(4500), std::chrono::microseconds(1250)});
  return first;
}

inline RouterSnapshot sample_snapshot() {
  RouterSnapshot s;
  s.time = TimePoint(std::chrono::seconds(100));
  s.mode = "bandwidth";
  s.counters.ports = {{"LAN", 10, 1000, 1, 60}, {"ISP-1", 2, 120, 8, 640}, {"linux", 1, 80, 0, 0}};
  s.counters.drops[index_of(DropReason::tx_full)] = 3;
  s.counters.control.dropped_in[index_of(DropReason::tx_full)] = 4;
  s.counters.connections = 5;
  s.counters.opened = 9;
  s.links = {{"LAN", true}, {"ISP_1", false}};
  UplinkView second;
  second.name = "ISP_2";
  second.health = "up";
  second.active = second.usable = true;
  s.uplinks = {sample_uplink(), second};
  s.capacities = {{BitsPerSecond{80'000'000}, BitsPerSecond{8'000'000}}, {}};
  s.monitors = {"LB1"};
  s.workers = {{.iterations = 1000,
                .busy = std::chrono::milliseconds(1500),
                .stalled = true,
                .received = 13,
                .given = 2,
                .taken = 1,
                .connections = 5,
                .capacity = 64}};
  s.connections.opened[kStickyMark][1] = 9;
  s.connections.living[kStickyMark][1][index_of(ConnState::tcp_established)] = 4;
  s.connections.living[kStickyMark][1][index_of(ConnState::udp)] = 1;
  s.connections.evicted = 2;
  s.buffers = 4096;
  s.buffers_in_use = 512;
  s.events = std::make_shared<const std::vector<Event>>(
      std::vector<Event>{{.number = 41, .wall_ms = 1'700'000'000'123, .text = "begins"},
                         {.number = 42,
                          .wall_ms = 1'700'000'000'456,
                          .kind = EventKind::health,
                          .severity = Severity::error,
                          .subject = "ISP_1",
                          .text = "ISP_1: up -> down: link lost"}});
  return s;
}

}  // namespace spillway::test
