#include "tests/support/conversation.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "dataplane/net/headers.h"
#include "dataplane/net/parser.h"
#include "tests/support/fragments.h"

namespace spillway::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr PortIndex kInside = port_index(0);
constexpr PortIndex kOffice = port_index(1);
constexpr PortIndex kOutside[] = {port_index(2), port_index(3)};
constexpr Ipv4Addr kUplinks[] = {kIsp1Address, kIsp2Address};
constexpr Ipv4Addr kTarget = Ipv4Addr::of(192, 168, 22, 20);
constexpr Ipv4Addr kOnTheWay = Ipv4Addr::of(7, 7, 7, 7);
constexpr unsigned kHosts = 6;
constexpr std::size_t kPiece = 1200;

Ipv4Addr host(unsigned n) {
  return Ipv4Addr::of(192, 168, 22, 10 + n % kHosts);
}
Ipv4Addr colleague(unsigned n) {
  return Ipv4Addr::of(192, 168, 24, 10 + n % kHosts);
}
Ipv4Addr server(unsigned n) {
  return Ipv4Addr::of(8, 8, 4 + n % 3, 1 + n / 3 % 5);
}

// In every payload: where the frame belongs.
constexpr std::array<std::uint8_t, 4> kMark = {0xc0, 0x4e, 0x17, 0xe5};
struct Label {
  std::uint32_t number = 0;
  std::uint32_t said = 0;
  bool original = true;
};

Bytes payload(const Label& label, std::size_t bytes) {
  Bytes b(kMark.begin(), kMark.end());
  for (const std::uint32_t word : {label.number, label.said, std::uint32_t{label.original}})
    for (unsigned shift = 0; shift < 32; shift += 8)
      b.push_back(static_cast<std::uint8_t>(word >> shift));
  while (b.size() < bytes) b.push_back(static_cast<std::uint8_t>(b.size() * 7 + label.said));
  return b;
}

std::optional<Label> label_of(const Bytes& frame) {
  const auto at = std::search(frame.begin(), frame.end(), kMark.begin(), kMark.end());
  if (frame.end() - at < 16) return std::nullopt;
  const std::uint8_t* words = &*at + kMark.size();
  return Label{load<std::uint32_t>(words), load<std::uint32_t>(words + 4),
               load<std::uint32_t>(words + 8) != 0};
}

bool by_router(Talk talk) {
  return talk == Talk::router_to_wan || talk == Talk::router_to_lan;
}

PortIndex where_it_starts(Talk talk, unsigned number) {
  if (by_router(talk)) return PortIndex::kernel;
  const bool outside = talk == Talk::wan_to_forward || talk == Talk::wan_to_router;
  return outside ? kOutside[number % 2] : kInside;
}

}  // namespace

Conversation::Conversation(std::uint32_t number, Talk talk, IpProto proto)
    : number_(number), talk_(talk), proto_(proto) {}

/// Hosts next to each other use one port towards one server, so that ports must be translated.
FrameSpec Conversation::opening() const {
  const unsigned n = number_;
  FrameSpec s;
  s.proto = proto_;
  s.src = host(n);
  s.dst = server(n / (kHosts * 64));
  s.src_port = s.icmp_id = static_cast<std::uint16_t>(40000 + n / kHosts % 64);
  s.dst_port = 443;
  switch (talk_) {
    case Talk::lan_to_wan:
      break;
    case Talk::lan_to_lan:
      s.dst = colleague(n / 3);
      break;
    case Talk::lan_to_router:
      s.dst = kRouter;
      break;
    case Talk::hairpin:
      s.dst = kUplinks[n % 2];
      s.dst_port = 8080;
      break;
    case Talk::wan_to_forward:
    case Talk::wan_to_router:
      // One port of one client, by both uplinks.
      s.src = server(n / 2);
      s.src_port = s.icmp_id = static_cast<std::uint16_t>(30000 + n / 2);
      s.dst = kUplinks[n % 2];
      s.dst_port = talk_ == Talk::wan_to_forward ? 8080 : 22;
      break;
    case Talk::router_to_wan:
      s.src = kIsp1Address;
      break;
    case Talk::router_to_lan:
      s.src = kRouter;
      s.dst = host(n);
      break;
  }
  return s;
}

Spoken Conversation::say(FrameSpec spec, PortIndex port, std::size_t bytes, bool original) {
  const bool first = said_ <= 1;
  spec.tcp_flags = tcp::ack_flag;
  if (first) spec.tcp_flags = original ? tcp::syn : tcp::syn | tcp::ack_flag;
  spec.seq = 1000 + said_;
  spec.ip_id = static_cast<std::uint16_t>(number_ * 64 + said_);
  spec.payload = payload({number_, said_++, original}, bytes);
  Spoken spoken{port, build_frame(spec), {}};
  if (spoken.frame.size() > kPiece + 100) {
    spoken.pieces = cut_every(spoken.frame, kPiece);
    std::rotate(spoken.pieces.begin(), spoken.pieces.begin() + 1, spoken.pieces.end());
  }
  return spoken;
}

Spoken Conversation::ask(std::size_t bytes) {
  return say(opening(), where_it_starts(talk_, number_), bytes, true);
}

std::optional<Spoken> Conversation::answer(std::size_t bytes) {
  if (!asked_) return std::nullopt;
  const ParsedPacket p =
      parse_ipv4(asked_->frame.data() + kEtherHeader, asked_->frame.size() - kEtherHeader);
  FrameSpec s;
  s.proto = proto_;
  s.src = p.dst();
  s.dst = p.src();
  s.src_port = swap16(static_cast<std::uint16_t>(p.ports >> 16));
  s.dst_port = s.icmp_id = swap16(static_cast<std::uint16_t>(p.ports));
  s.icmp_type = icmp::echo_reply;
  return say(s, asked_->port, bytes, false);
}

std::optional<Spoken> Conversation::complain() const {
  if (!asked_ || asked_->port == PortIndex::kernel) return std::nullopt;
  const bool outside = index_of(asked_->port) >= index_of(kOutside[0]);
  const auto* ip = asked_->frame.data() + kEtherHeader;
  FrameSpec outer;
  outer.src = outside ? kOnTheWay : Ipv4Addr{load<std::uint32_t>(ip + ipv4::dst)};
  outer.dst = Ipv4Addr{load<std::uint32_t>(ip + ipv4::src)};
  const std::size_t length = std::min<std::size_t>(asked_->frame.size() - kEtherHeader, 120);
  return Spoken{
      asked_->port, build_icmp_error(outer, icmp::time_exceeded, 0, {ip, ip + length}), {}};
}

Conversation::Heard Conversation::heard(const Sent& sent) {
  const Bytes& frame = sent.frame;
  const std::uint8_t* ip = frame.data() + kEtherHeader;
  const ParsedPacket p = parse_ipv4(ip, frame.size() - kEtherHeader);
  const Label label = label_of(frame).value();
  const bool question = label.original && p.kind == PacketKind::flow;
  if (question) asked_ = sent;
  Lane lane = question ? Lane::question : Lane::answer;
  if (p.kind != PacketKind::flow) lane = Lane::error;
  if (p.total_length > kPiece) lane = Lane::in_pieces;
  std::ostringstream text;
  text << index_of(sent.port) << ": " << to_string(p.src()) << " > " << to_string(p.dst())
       << " proto " << static_cast<unsigned>(p.proto) << " ttl " << unsigned{ip[ipv4::ttl]}
       << " length " << p.total_length << " said " << label.said;
  // A question may have a port or an identifier of the router's choice, and so may an answer that
  // comes so late that it opens a connection of its own.
  const unsigned from = swap16(static_cast<std::uint16_t>(p.ports));
  const unsigned to = swap16(static_cast<std::uint16_t>(p.ports >> 16));
  if (question && p.proto != IpProto::icmp) text << " to port " << to;
  if (lane == Lane::answer && p.proto != IpProto::icmp)
    text << (from == opening().dst_port && to == opening().src_port ? " to the port that asked"
                                                                    : " as a new connection");
  if (!checksums_right(ip, frame.size() - kEtherHeader)) text << " WRONG CHECKSUM";
  return {lane, text.str()};
}

std::optional<std::uint32_t> conversation_of(const Bytes& frame) {
  const auto label = label_of(frame);
  return label ? std::optional(label->number) : std::nullopt;
}

ConfigSnapshot talk_config() {
  ConfigSnapshot c = seed_config();
  const Ipv4Interface office{Ipv4Addr::of(192, 168, 24, 1), 24};
  c.lans.push_back({office, kOffice});
  c.lan_list.prefixes.push_back(office.network());
  c.connected_list.prefixes.push_back(office.network());
  c.plan.mode = BalanceMode::pcc;
  c.plan.classifier = Classifier::both_addresses_and_ports;
  std::vector<PortForwardSpec> forwards;
  for (std::size_t i = 0; i < 2; ++i) {
    c.uplinks[i].port = kOutside[i];
    for (const IpProto proto : {IpProto::tcp, IpProto::udp})
      forwards.push_back({uplink_id(i), proto, 8080, 8080, kTarget, 80});
  }
  c.forwards = ForwardTable(forwards);
  c.local = LocalServices({{UplinkId::none, IpProto::tcp, 22, 22},
                           {UplinkId::none, IpProto::udp, 22, 22},
                           {UplinkId::none, IpProto::icmp, 0, 65535}});
  c.local.deliver = true;
  return c;
}

std::vector<std::pair<PortIndex, Ipv4Addr>> talk_neighbours() {
  std::vector<std::pair<PortIndex, Ipv4Addr>> all = {
      {kInside, kTarget}, {kOutside[0], kIsp1Gateway}, {kOutside[1], kIsp2Gateway}};
  for (unsigned i = 0; i < kHosts; ++i) {
    all.emplace_back(kInside, host(i));
    all.emplace_back(kOffice, colleague(i));
  }
  return all;
}

}  // namespace spillway::test
