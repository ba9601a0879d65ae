// What `explain` says of a packet is what happens to it, under any rules, loads and health.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/explained_router.h"
#include "tests/support/frames.h"

namespace spillway::test {
namespace {

template <typename... T>
auto any_of(T... values) {
  return *rc::gen::element(values...);
}

std::string any_rule(int number) {
  std::string rule = "{ name = \"" + std::to_string(number) + "\"; ";
  if (any_of(true, false)) rule += "from = \"192.168.22.10\"; ";
  if (any_of(true, false)) rule += "to = \"9.9.9.0/25\"; ";
  if (any_of(true, false)) rule += "protocol = \"" + any_of<std::string>("tcp", "udp") + "\"; ";
  return rule +
         any_of<std::string>("uplink = \"ISP_1\"", "uplink = \"ISP_2\"",
                             "group = ( \"ISP_1\", \"ISP_2\" )", "action = \"drop\"") +
         "; }";
}

std::string any_config() {
  std::string text = "balance = { mode = \"" +
                     any_of<std::string>("bandwidth", "pcc", "least-used", "weighted", "failover") +
                     "\"; sticky = \"" +
                     any_of<std::string>("connection", "source", "source-and-destination") +
                     "\"; };\n"
                     "port_forwards = ( { protocol = \"udp\"; ports = 8080; "
                     "to = \"192.168.22.10\"; to_port = 80; } );\n"
                     "local_services = ( { protocol = \"udp\"; ports = 22; } );\n";
  const int rules = *rc::gen::inRange(0, 3);
  for (int i = 0; i < rules; ++i)
    text += (i == 0 ? "policy = ( " : ", ") + any_rule(i) + (i + 1 == rules ? " );\n" : "");
  if (any_of(true, false)) text += "limits = { per_lan_host = 3; };\n";
  return text;
}

void any_state(TestRouter& router) {
  ActiveWord& word = router.word;
  word.usable = UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 4)));
  word.overloaded = UplinkSet(static_cast<std::uint16_t>(*rc::gen::inRange(0, 4)));
  word.active = word.usable.empty() ? UplinkId::none : any_of(kIsp1, kIsp2);
  ++word.generation;
  for (const UplinkId id : {kIsp1, kIsp2}) {
    router.active.set_headroom(id, any_of(0u, 1u, 2u, kUnlimitedHeadroom));
    router.active.set_load(id, *rc::gen::inRange(0u, 3u) * 400'000, any_of(0u, 100'000u));
  }
}

FlowKey any_packet() {
  const char* src = any_of("192.168.22.10", "192.168.22.11", "9.9.9.9", "9.9.9.200", "10.0.0.1",
                           "1.1.1.32", "192.168.22.1", "127.0.0.1");
  const char* dst = any_of("9.9.9.9", "9.9.9.200", "192.168.22.10", "192.168.22.11", "1.1.1.32",
                           "2.2.2.65", "1.1.1.7", "192.168.22.1", "224.0.0.1", "192.168.22.255");
  const auto sport = static_cast<std::uint16_t>(*rc::gen::inRange(1000, 60000));
  return packet_key(any_of(IpProto::udp, IpProto::tcp), src, sport, dst,
                    any_of<std::uint16_t>(53, 8080, 22),
                    any_of(Zone::lan, Zone::lan, Zone::kernel, zone_of(kIsp1), zone_of(kIsp2)));
}

PortIndex port_of(Zone zone) {
  if (zone == Zone::kernel) return PortIndex::kernel;
  return zone == Zone::lan ? kLan : port_index(1 + index_of(uplink_of(zone)));
}

std::vector<std::uint8_t> frame_with(const FlowKey& key) {
  FrameSpec s;
  s.src = key.src;
  s.dst = key.dst;
  s.proto = key.proto;
  s.src_port = key.src_port.host();
  s.dst_port = key.dst_port.host();
  return build_frame(s);
}

void agrees(TestRouter& router, const Explanation& said, const Fate& fate) {
  const Placement& p = said.placement;
  if (said.drop) {
    RC_ASSERT(fate.dropped == said.drop);
    return;
  }
  if (p.kind == PlacementKind::local) {
    RC_ASSERT(fate.punted);
    return;
  }
  const ConnRef ref = router.connections().find(said.key);
  RC_ASSERT(ref.found());
  const Connection& c = router.connections()[ref.index()];
  RC_ASSERT(c.mark == p.mark && c.uplink == p.uplink && c.zone[1] == p.reply_zone);
  const FlowKey to = c.rewrite[0].result(c.proto, c.zone[0]);
  RC_ASSERT(to.src == p.translated.src && to.dst == p.translated.dst);
  RC_ASSERT(to.dst_port == p.translated.dst_port);
  if (!p.translate_source) RC_ASSERT(to.src_port == p.translated.src_port);
  if (said.promised) RC_ASSERT(to.src_port != p.translated.src_port);
}

RC_GTEST_PROP(ExplainProperty, R30_R32_WhatItSaysIsWhatHappens, ()) {
  const std::string text = any_config();
  RC_TAG(text.substr(19, 8));
  ExplainedRouter explained(text);
  TestRouter& router = explained.router;
  for (const Ipv4Addr host : {Ipv4Addr::of(192, 168, 22, 11)}) router.learn(kLan, host);
  for (int step = 0; step < 40; ++step) {
    if (step % 5 == 0) any_state(router);
    const FlowKey key = any_packet();
    if (router.connections().find(key).found()) continue;
    const Explanation said = explained.explain(key);
    agrees(router, said, router.packet(port_of(key.zone), frame_with(key)));
  }
}

}  // namespace
}  // namespace spillway::test
