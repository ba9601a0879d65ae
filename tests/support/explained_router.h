#pragma once
// A router made of a configuration's text, and what `explain` says of it.

#include <memory>
#include <string>

#include "control/config/load.h"
#include "control/connections/explanation.h"
#include "control/snapshot.h"
#include "tests/support/test_router.h"

namespace spillway::test {

/// One LAN and two uplinks, named as in conf/seed.conf; `more` is what the configuration says
/// beside them.
class ExplainedRouter {
 public:
  explicit ExplainedRouter(const std::string& more)
      : config(config::parse(text_of(more), "x.conf")), router({.counted_hosts = 64}) {
    // Nothing else holds the snapshot, which is made as an object that may change.
    router.config = std::move(
        const_cast<ConfigSnapshot&>(*compile_snapshot(config, LocalDelivery::control_core)));
    for (const config::Uplink& uplink : config.uplinks) {
      UplinkView view;
      view.name = uplink.name;
      view.health = "up";
      uplinks.push_back(view);
    }
  }

  Explanation explain(const FlowKey& key) {
    router.begin();
    return spillway::explain({config,
                              {router.config, router.word, router.pipeline().budget(),
                               &router.affinity(), Millis::of(router.now())},
                              router.connections_of(key.src),
                              uplinks},
                             key);
  }

  static std::string text_of(const std::string& more) {
    return "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
           "uplinks = (\n"
           "  { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\"; gateway = \"1.1.1.1\";"
           " weight = 1; capacity = { rx = \"10M\"; tx = \"10M\"; }; },\n"
           "  { name = \"ISP_2\"; port = \"p2\"; address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\";"
           " weight = 1; capacity = { rx = \"10M\"; tx = \"10M\"; }; }\n"
           ");\n" +
           more;
  }

  config::Config config;
  TestRouter router;
  std::vector<UplinkView> uplinks;
};

/// A packet's key, by what a person would write.
inline FlowKey packet_key(IpProto proto, const char* src, std::uint16_t sport, const char* dst,
                          std::uint16_t dport, Zone zone = Zone::lan) {
  FlowKey key;
  key.proto = proto;
  key.src = *parse_ipv4(src);
  key.dst = *parse_ipv4(dst);
  key.src_port = L4Port::from_host(sport);
  key.dst_port = L4Port::from_host(dport);
  key.zone = zone;
  return key;
}

}  // namespace spillway::test
