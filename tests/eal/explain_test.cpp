// `explain`: each way in which a new connection can be decided over, and the words for it.

#include <gtest/gtest.h>

#include "tests/support/explained_router.h"
#include "tests/support/orders.h"

namespace spillway::test {
namespace {

constexpr Zone kFromIsp1 = zone_of(kIsp1);
const UplinkSet kBoth = UplinkSet::first(2);

/// A state of the router and a packet.
struct Row {
  const char* what;
  const char* config;
  FlowKey key;
  PlacementStep step;
  std::optional<DropReason> drop;
  const char* egress;
  const char* mark;
  const char* because;  ///< a part of it
};

FlowKey tcp_to(const char* dst, std::uint16_t port, const char* src = "192.168.22.10",
               Zone zone = Zone::lan) {
  return packet_key(IpProto::tcp, src, 40000, dst, port, zone);
}

class ExplainStep : public testing::TestWithParam<Row> {};

TEST_P(ExplainStep, R22_R23_SaysWhereItWasDecidedAndWhy) {
  const Row& row = GetParam();
  ExplainedRouter router(row.config);
  const Explanation e = router.explain(row.key);
  EXPECT_EQ(name_of(e.placement.step), name_of(row.step)) << row.what;
  EXPECT_EQ(e.drop, row.drop) << row.what;
  EXPECT_EQ(e.egress, row.egress) << row.what;
  EXPECT_EQ(e.mark, row.mark) << row.what;
  EXPECT_NE(e.because.find(row.because), std::string::npos) << row.what << ": " << e.because;
  EXPECT_FALSE(explanation_to_text(e).empty());
}

constexpr char kForward[] =
    "port_forwards = ( { protocol = \"tcp\"; ports = 8080; to = \"192.168.22.10\"; to_port = 80; "
    "} );";
constexpr char kServices[] = "local_services = ( { protocol = \"tcp\"; ports = 22; } );";
constexpr char kRules[] =
    "policy = ( { name = \"no mail\"; protocol = \"tcp\"; to_ports = 25; action = \"drop\"; },\n"
    "  { name = \"web\"; protocol = \"tcp\"; to_ports = 443; uplink = \"ISP_2\"; } );";

INSTANTIATE_TEST_SUITE_P(
    Table, ExplainStep,
    testing::Values(
        Row{"a source that is none", "", tcp_to("9.9.9.9", 80, "127.0.0.1"),
            PlacementStep::addresses, DropReason::martian_source, "", "", "not a unicast"},
        Row{"to a group", "", tcp_to("224.0.0.5", 80), PlacementStep::addresses,
            DropReason::multicast, "", "", "multicast"},
        Row{"a stranger in the LAN", "", tcp_to("9.9.9.9", 80, "10.0.0.1"), PlacementStep::source,
            DropReason::lan_source_outside, "", "", "in no LAN prefix"},
        Row{"the router itself",
            "",
            tcp_to("192.168.22.1", 22),
            PlacementStep::to_router,
            {},
            "linux",
            "no-mark",
            "router's own"},
        Row{"a forward from inside",
            kForward,
            tcp_to("1.1.1.32", 8080),
            PlacementStep::hairpin,
            {},
            "LAN",
            "WAN?->LANs",
            "used from the LAN"},
        Row{"an ISP's network",
            "",
            tcp_to("2.2.2.7", 80),
            PlacementStep::connected,
            {},
            "ISP_2",
            "no-mark",
            "Connected; the main table"},
        Row{"a neighbour",
            "",
            tcp_to("192.168.22.11", 80),
            PlacementStep::connected,
            {},
            "LAN",
            "no-mark",
            "on the LAN side"},
        Row{"inside without a way",
            "address_lists = { LAN = (\"192.168.22.0/24\", \"10.0.0.0/8\"); };",
            tcp_to("10.1.1.1", 80), PlacementStep::within_lan, DropReason::no_route, "", "",
            "nothing leads there"},
        Row{"a rule that drops", kRules, tcp_to("9.9.9.9", 25), PlacementStep::policy,
            DropReason::policy, "", "", "the rule says drop"},
        Row{"a rule that names one",
            kRules,
            tcp_to("9.9.9.9", 443),
            PlacementStep::policy,
            {},
            "ISP_2",
            "Sticky_ISP_2",
            "first usable one by distance"},
        Row{"no rule",
            kRules,
            tcp_to("9.9.9.9", 80),
            PlacementStep::mode,
            {},
            "ISP_1",
            "Sticky_ISP_1",
            "first usable one by distance"},
        Row{"an inside source outside", "", tcp_to("1.1.1.32", 80, "192.168.22.10", kFromIsp1),
            PlacementStep::source, DropReason::uplink_source_inside, "", "", "inside a LAN prefix"},
        Row{"somebody else's", "", tcp_to("5.5.5.5", 80, "9.9.9.9", kFromIsp1),
            PlacementStep::not_for_us, DropReason::not_translated, "", "",
            "no connection was found"},
        Row{"a service",
            kServices,
            tcp_to("1.1.1.32", 22, "9.9.9.9", kFromIsp1),
            PlacementStep::service,
            {},
            "linux",
            "WAN1->ROS",
            "open to this uplink"},
        Row{"a forward",
            kForward,
            tcp_to("1.1.1.32", 8080, "9.9.9.9", kFromIsp1),
            PlacementStep::forward,
            {},
            "LAN",
            "WAN1->LANs",
            "a port forward"},
        Row{"nothing", kForward, tcp_to("1.1.1.32", 81, "9.9.9.9", kFromIsp1),
            PlacementStep::nothing_open, DropReason::unsolicited, "", "", "for port 81"},
        Row{"Linux to a host",
            "",
            tcp_to("192.168.22.10", 80, "192.168.22.1", Zone::kernel),
            PlacementStep::own_to_lan,
            {},
            "LAN",
            "no-mark",
            "router's own, to a host"},
        Row{"Linux to the world",
            "",
            tcp_to("9.9.9.9", 80, "2.2.2.65", Zone::kernel),
            PlacementStep::own_by_main_table,
            {},
            "ISP_1",
            "ROS->WAN1",
            "the main table"},
        Row{"Linux with a false source", "", tcp_to("9.9.9.9", 80, "7.7.7.7", Zone::kernel),
            PlacementStep::source, DropReason::martian_source, "", "", "not a unicast"}),
    [](const auto& name) { return "Row" + std::to_string(name.index); });

TEST(Explain, R34_AnAnswerToAProbeIsForTheControlCore) {
  ExplainedRouter router("");
  router.router.config.uplinks[0].probe_id = L4Port::from_host(77);
  const Explanation e =
      router.explain(packet_key(IpProto::icmp, "1.1.1.1", 0, "1.1.1.32", 77, kFromIsp1));
  EXPECT_EQ(e.placement.step, PlacementStep::probe_answer);
  EXPECT_EQ(e.placement.kind, PlacementKind::local);
}

/// What decided in a mode.
struct ModeRow {
  const char* what;
  const char* config;
  UplinkId active;
  UplinkSet usable;
  UplinkSet overloaded;
  UplinkSet full;
  ChoiceReason choice;
  const char* egress;
  const char* because;
};

class ExplainMode : public testing::TestWithParam<ModeRow> {};

TEST_P(ExplainMode, R30_R32_R37_SaysWhatTheModeSaw) {
  const ModeRow& row = GetParam();
  ExplainedRouter router(row.config);
  router.router.word = {row.active, row.usable, row.overloaded, 1};
  router.router.active.set_load(kIsp1, 900'000, 1);
  router.router.active.set_load(kIsp2, 500'000, 1);
  for (const UplinkId id : {kIsp1, kIsp2})
    if (row.full.contains(id)) router.router.active.set_headroom(id, 0);
  const Explanation e = router.explain(tcp_to("9.9.9.9", 443));
  EXPECT_EQ(name_of(e.placement.choice), name_of(row.choice)) << row.what;
  EXPECT_EQ(e.egress, row.egress) << row.what;
  EXPECT_NE(e.because.find(row.because), std::string::npos) << row.what << ": " << e.because;
  ASSERT_EQ(e.candidates.size(), 2u);
  EXPECT_EQ(e.candidates[0].chosen, e.egress == "ISP_1");
  EXPECT_EQ(e.candidates[1].uplink.usable, row.usable.contains(kIsp2));
  EXPECT_EQ(e.candidates[0].headroom.has_value(), row.full.contains(kIsp1));
  EXPECT_EQ(e.candidates[0].load, 0.9);
}

constexpr char kBandwidth[] = "balance = { mode = \"bandwidth\"; };";
constexpr char kPcc[] = "balance = { mode = \"pcc\"; classifier = \"dst-address\"; };";
constexpr char kToSecond[] =
    "balance = { mode = \"bandwidth\"; };\n"
    "policy = ( { name = \"all\"; uplink = \"ISP_2\"; } );";

INSTANTIATE_TEST_SUITE_P(
    Table, ExplainMode,
    testing::Values(ModeRow{"room",
                            kBandwidth,
                            kIsp1,
                            kBoth,
                            {},
                            {},
                            ChoiceReason::active,
                            "ISP_1",
                            "it is the active uplink, and has room"},
                    ModeRow{"no room",
                            kBandwidth,
                            kIsp1,
                            kBoth,
                            {},
                            only(kIsp1),
                            ChoiceReason::relief,
                            "ISP_2",
                            "the active uplink ISP_1 has no room"},
                    ModeRow{"not among the rule's",
                            kToSecond,
                            kIsp1,
                            kBoth,
                            {},
                            {},
                            ChoiceReason::relief,
                            "ISP_2",
                            "the active uplink ISP_1 is not one that the rule names"},
                    ModeRow{"dead",
                            kBandwidth,
                            kIsp1,
                            only(kIsp2),
                            {},
                            {},
                            ChoiceReason::relief,
                            "ISP_2",
                            "the active uplink ISP_1 is not usable"},
                    ModeRow{"all overloaded",
                            kBandwidth,
                            kIsp1,
                            kBoth,
                            kBoth,
                            {},
                            ChoiceReason::all_full,
                            "ISP_2",
                            "the least part of its limit"},
                    ModeRow{"nothing usable",
                            kBandwidth,
                            UplinkId::none,
                            {},
                            {},
                            {},
                            ChoiceReason::none_usable,
                            "",
                            "no uplink is usable"},
                    ModeRow{"the rule's is dead",
                            kToSecond,
                            kIsp1,
                            only(kIsp1),
                            {},
                            {},
                            ChoiceReason::none_usable,
                            "",
                            "no uplink that the rule names is usable"},
                    ModeRow{"least used",
                            "balance = { mode = \"least-used\"; };",
                            kIsp1,
                            kBoth,
                            {},
                            {},
                            ChoiceReason::least_loaded,
                            "ISP_2",
                            "the least part of its capacity"},
                    ModeRow{"by hash",
                            kPcc,
                            kIsp1,
                            kBoth,
                            {},
                            {},
                            ChoiceReason::hash,
                            "ISP_1",
                            "the classifier dst-address falls on it"},
                    ModeRow{"by hash on a dead one",
                            kPcc,
                            kIsp2,
                            only(kIsp2),
                            {},
                            {},
                            ChoiceReason::hash_of_others,
                            "ISP_2",
                            "falls on one that is not usable"},
                    ModeRow{"by distance",
                            "",
                            kIsp1,
                            only(kIsp2),
                            {},
                            {},
                            ChoiceReason::distance,
                            "ISP_2",
                            "first usable one by distance"}),
    [](const auto& name) { return "Row" + std::to_string(name.index); });

TEST(Explain, AReserveHasWeightZero) {
  ExplainedRouter router("balance = { mode = \"pcc\"; };");
  router.router.config.plan.weight[1] = 0;
  router.router.word.usable = only(kIsp2);
  EXPECT_EQ(router.explain(tcp_to("9.9.9.9", 443)).placement.choice, ChoiceReason::reserve);
}

TEST(Explain, ItChangesNothingAndHostsStayTogether) {
  ExplainedRouter router("balance = { mode = \"failover\"; sticky = \"source\"; };");
  router.router.word.usable = only(kIsp2);
  EXPECT_EQ(router.explain(tcp_to("9.9.9.9", 443)).egress, "ISP_2");
  router.router.word.usable = kBoth;
  EXPECT_EQ(router.explain(tcp_to("9.9.9.9", 443)).egress, "ISP_1") << "asking is no connection";
  router.router.word.usable = only(kIsp2);
  router.router.from_lan();
  router.router.word.usable = kBoth;
  const Explanation e = router.explain(tcp_to("9.9.9.9", 443));
  EXPECT_EQ(e.egress, "ISP_2");
  EXPECT_EQ(e.placement.choice, ChoiceReason::along_with_source);
  EXPECT_EQ(e.because, "its host's connections go there already (sticky: source)");
}

TEST(Explain, R03_APortOfTheRoutersOwnIsNotGivenAway) {
  ExplainedRouter router(kForward);
  EXPECT_TRUE(
      router.explain(packet_key(IpProto::tcp, "192.168.22.10", 8080, "9.9.9.9", 80)).promised);
  EXPECT_FALSE(router.explain(tcp_to("9.9.9.9", 80)).promised);
}

TEST(Explain, R06_AHostWithAllItMayHaveIsRefused) {
  ExplainedRouter router("limits = { per_lan_host = 1; };");
  EXPECT_EQ(router.explain(tcp_to("9.9.9.9", 80)).drop, std::nullopt);
  router.router.from_lan();
  const Explanation e = router.explain(tcp_to("9.9.9.9", 80));
  EXPECT_EQ(e.drop, DropReason::host_limit);
  EXPECT_NE(explanation_to_text(e).find("dropped (host_limit): the LAN host has its maximum"),
            std::string::npos);
}

TEST(Explain, TextForPeople) {
  ExplainedRouter router(std::string(kRules) + kBandwidth);
  router.router.active.set_load(kIsp1, 1'010'000, 1);
  router.router.active.set_headroom(kIsp1, 0);
  EXPECT_EQ(
      explanation_to_text(router.explain(tcp_to("9.9.9.9", 80))),
      "a new connection tcp 192.168.22.10:40000 -> 9.9.9.9:80 from LAN\n"
      "  policy: no rule matches; mode bandwidth chooses among:\n"
      "     ISP_1: up, active; received 0 bit/s, sent 0 bit/s, 101 % of its limit, no room\n"
      "  -> ISP_2: up; received 0 bit/s, sent 0 bit/s\n"
      "  decision: ISP_2, because the active uplink ISP_1 has no room before the next sample; "
      "it is the first in order that is not overloaded and has room\n"
      "  mark: Sticky_ISP_2\n"
      "  next hop: 2.2.2.1\n"
      "  translation: source 2.2.2.65\n");
  EXPECT_EQ(explanation_to_text(router.explain(tcp_to("9.9.9.9", 25))),
            "a new connection tcp 192.168.22.10:40000 -> 9.9.9.9:25 from LAN\n"
            "  policy: rule \"no mail\" (x.conf:6)\n"
            "  decision: dropped (policy): the rule says drop\n");
}

}  // namespace
}  // namespace spillway::test
