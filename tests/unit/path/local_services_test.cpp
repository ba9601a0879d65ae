#include "dataplane/path/local_services.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

constexpr UplinkId kIsp1 = uplink_id(0);
constexpr UplinkId kIsp2 = uplink_id(1);

struct Row {
  const char* what;
  UplinkId uplink;
  IpProto proto;
  std::uint16_t port;
  bool open;
};

TEST(LocalServices, R38_OpenIsWhatIsListed) {
  const LocalServices services({{UplinkId::none, IpProto::tcp, 22, 22},
                                {kIsp2, IpProto::udp, 500, 600},
                                {kIsp1, IpProto::icmp, 0, 0}});
  const Row rows[] = {
      {"for every uplink: the first", kIsp1, IpProto::tcp, 22, true},
      {"for every uplink: the second", kIsp2, IpProto::tcp, 22, true},
      {"the port below", kIsp1, IpProto::tcp, 21, false},
      {"the port above", kIsp1, IpProto::tcp, 23, false},
      {"the same port of another protocol", kIsp1, IpProto::udp, 22, false},
      {"a range's first", kIsp2, IpProto::udp, 500, true},
      {"a range's last", kIsp2, IpProto::udp, 600, true},
      {"a range's middle", kIsp2, IpProto::udp, 555, true},
      {"beyond the range", kIsp2, IpProto::udp, 601, false},
      {"by another uplink", kIsp1, IpProto::udp, 500, false},
      {"an echo", kIsp1, IpProto::icmp, 0, true},
      {"a timestamp, see read_icmp", kIsp1, IpProto::icmp, 1, false},
      {"an echo by another uplink", kIsp2, IpProto::icmp, 0, false},
      {"a protocol without ports", kIsp1, static_cast<IpProto>(47), 0, false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(services.is_open(row.uplink, row.proto, L4Port::from_host(row.port)), row.open)
        << row.what;
}

TEST(LocalServices, R38_ClosedUnlessListed) {
  const LocalServices none;
  EXPECT_FALSE(none.deliver);
  EXPECT_FALSE(none.is_open(kIsp1, IpProto::tcp, L4Port::from_host(22)));
  EXPECT_FALSE(none.is_open(kIsp1, IpProto::icmp, L4Port{}));
}

TEST(LocalServices, R38_AProtocolWithoutPortsIsOpenAsAWhole) {
  const LocalServices gre({{UplinkId::none, static_cast<IpProto>(47), 0, 65535}});
  EXPECT_TRUE(gre.is_open(kIsp1, static_cast<IpProto>(47), L4Port{}));
}

}  // namespace
}  // namespace spillway
