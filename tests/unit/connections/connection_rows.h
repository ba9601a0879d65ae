#pragma once
// Rows as workers would send them, and a source that gives them out.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "control/config/load.h"
#include "control/connections/row_source.h"

namespace spillway::test {

inline config::Config two_uplinks() {
  return config::parse(
      "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
      "uplinks = (\n"
      "  { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\"; gateway = \"1.1.1.1\"; },\n"
      "  { name = \"ISP_2\"; port = \"p2\"; address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; }\n"
      ");\n",
      "x.conf");
}

/// An answered TCP connection of a LAN host by ISP_1.
inline ConnectionRow row_from(std::uint16_t port = 40000) {
  ConnectionRow row;
  row.original.src = Ipv4Addr::of(192, 168, 22, 10);
  row.original.dst = Ipv4Addr::of(9, 9, 9, 9);
  row.original.src_port = L4Port::from_host(port);
  row.original.dst_port = L4Port::from_host(443);
  row.original.proto = IpProto::tcp;
  row.reply = reversed(row.original, zone_of(uplink_id(0)));
  row.reply.dst = Ipv4Addr::of(1, 1, 1, 32);
  row.count = {PacketBytes{12, 1200}, PacketBytes{14, 18000}};
  row.age_ms = 62'500;
  row.idle_ms = 2'000;
  row.left_ms = 86'398'000;
  row.state = ConnState::tcp_established;
  row.mark = Mark::sticky;
  row.uplink = uplink_id(0);
  return row;
}

/// What a source has been seen to do.
struct SourceLog {
  ConnectionQuery asked;
  unsigned open = 0;
  std::size_t taken = 0;
};

/// Gives out `rows`, as many at a time as it is asked for.
class ListedRows final : public RowSource {
 public:
  ListedRows(std::vector<ConnectionRow> rows, SourceLog& log, bool stuck = false)
      : rows_(std::move(rows)), log_(log), stuck_(stuck) {
    ++log_.open;
  }
  ~ListedRows() override { --log_.open; }

  std::size_t take(std::span<ConnectionRow> room) override {
    const std::size_t n = std::min(room.size(), rows_.size() - at_);
    std::copy_n(rows_.begin() + static_cast<std::ptrdiff_t>(at_), n, room.begin());
    at_ += n;
    log_.taken += n;
    return n;
  }
  bool done() const noexcept override { return !stuck_ && at_ == rows_.size(); }
  std::uint64_t matched() const noexcept override { return rows_.size(); }

 private:
  std::vector<ConnectionRow> rows_;
  SourceLog& log_;
  bool stuck_;
  std::size_t at_ = 0;
};

}  // namespace spillway::test
