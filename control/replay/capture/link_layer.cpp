#include "control/replay/capture/link_layer.h"

#include <pcap/dlt.h>

namespace spillway::replay {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kPppoeSession = 0x8864;
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kFirstEthertype = 0x0600;  // below: an IEEE 802.3 length

/// Frames that nest deeper are not traffic.
constexpr int kMostTags = 8;

std::uint16_t be16(Bytes b, std::size_t at) noexcept {
  return at + 2 <= b.size() ? static_cast<std::uint16_t>(b[at] << 8 | b[at + 1]) : std::uint16_t{0};
}

bool is_tag(std::uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/// What the first nibble of an IP packet says; for links that do not tell.
std::uint16_t by_version(Bytes b, std::size_t at) noexcept {
  if (at >= b.size()) return 0;
  const int version = b[at] >> 4;
  if (version == 4) return kIpv4;
  return version == 6 ? kIpv6 : std::uint16_t{0};
}

NetworkPart part(Bytes b, std::size_t offset, std::uint16_t type, LinkCast cast) noexcept {
  if (offset > b.size()) return {b.size(), 0, cast};
  return {offset, type, cast};
}

/// RFC 1661 2: the protocol field may be compressed to one byte, which is then odd.
NetworkPart after_ppp(Bytes b, std::size_t at, LinkCast cast) noexcept {
  const bool compressed = at < b.size() && (b[at] & 1u) != 0;
  const std::uint16_t protocol = compressed ? b[at] : be16(b, at);
  std::uint16_t type = 0;
  if (protocol == 0x0021) type = kIpv4;
  if (protocol == 0x0057) type = kIpv6;
  return part(b, at + (compressed ? 1 : 2), type, cast);
}

/// RFC 3032 2.1: labels up to the bottom of the stack; what follows is known by its version only.
NetworkPart after_mpls(Bytes b, std::size_t at, LinkCast cast) noexcept {
  for (int depth = 0; depth < kMostTags && at + 4 <= b.size(); ++depth) {
    const bool bottom = (b[at + 2] & 1u) != 0;
    at += 4;
    if (bottom) return part(b, at, by_version(b, at), cast);
  }
  return part(b, at, 0, cast);
}

/// IEEE 802.2 LLC with SNAP (RFC 1042); other LLC carries no IP.
NetworkPart after_llc(Bytes b, std::size_t at, LinkCast cast) noexcept;

NetworkPart after_ethertype(Bytes b, std::size_t at, std::uint16_t type, LinkCast cast) noexcept {
  for (int depth = 0; depth < kMostTags && is_tag(type); ++depth) {
    type = be16(b, at + 2);
    at += 4;
  }
  if (type == kPppoeSession) return after_ppp(b, at + 6, cast);
  if (type == kMplsUnicast || type == kMplsMulticast) return after_mpls(b, at, cast);
  if (type < kFirstEthertype) return after_llc(b, at, cast);
  return part(b, at, type, cast);
}

NetworkPart after_llc(Bytes b, std::size_t at, LinkCast cast) noexcept {
  const bool snap = at + 8 <= b.size() && b[at] == 0xaa && b[at + 1] == 0xaa && b[at + 2] == 3;
  if (!snap) return part(b, at, 0, cast);
  const std::uint16_t type = be16(b, at + 6);
  return type < kFirstEthertype ? part(b, at + 8, 0, cast) : after_ethertype(b, at + 8, type, cast);
}

LinkCast cast_of(Bytes b, std::size_t at) noexcept {
  if (at + 6 > b.size()) return LinkCast::unknown;
  bool all_ones = true;
  for (std::size_t i = 0; i < 6; ++i) all_ones = all_ones && b[at + i] == 0xff;
  if (all_ones) return LinkCast::broadcast;
  return (b[at] & 1u) != 0 ? LinkCast::multicast : LinkCast::unicast;
}

NetworkPart ethernet(Bytes b) noexcept {
  return after_ethertype(b, 14, be16(b, 12), cast_of(b, 0));
}

/// The packet type of Linux' cooked headers: 0 to us, 1 broadcast, 2 multicast, 3 to another host,
/// 4 from us.
LinkCast cooked_cast(std::uint16_t packet_type) noexcept {
  if (packet_type == 1) return LinkCast::broadcast;
  return packet_type == 2 ? LinkCast::multicast : LinkCast::unicast;
}

/// Address family in the capturing host's byte order: BSDs and Darwin disagree about IPv6.
NetworkPart loopback(Bytes b) noexcept {
  if (b.size() < 4) return {b.size(), 0, LinkCast::unknown};
  const unsigned family = b[0] != 0 ? b[0] : b[3];
  std::uint16_t type = 0;
  if (family == 2) type = kIpv4;
  if (family == 24 || family == 28 || family == 30) type = kIpv6;
  return part(b, 4, type, LinkCast::unknown);
}

/// HDLC framing in front of PPP is optional (RFC 1662 3.1).
NetworkPart ppp(Bytes b) noexcept {
  const bool framed = b.size() >= 2 && b[0] == 0xff && b[1] == 0x03;
  return after_ppp(b, framed ? 2 : 0, LinkCast::unknown);
}

/// IEEE 802.11 data frames that are not encrypted; the body starts with LLC.
NetworkPart wireless(Bytes b, std::size_t at) noexcept {
  if (at + 24 > b.size()) return {b.size(), 0, LinkCast::unknown};
  const unsigned type = b[at] >> 2 & 3u;
  const unsigned subtype = b[at] >> 4;
  const bool to_ds = (b[at + 1] & 1u) != 0;
  const bool from_ds = (b[at + 1] & 2u) != 0;
  const bool encrypted = (b[at + 1] & 0x40u) != 0;
  const LinkCast cast = cast_of(b, to_ds ? at + 16 : at + 4);
  const bool carries_data = type == 2 && (subtype & 4u) == 0;
  if (!carries_data || encrypted) return part(b, at + 24, 0, cast);
  std::size_t header = to_ds && from_ds ? 30 : 24;
  const bool qos = (subtype & 8u) != 0;
  if (qos) header += (b[at + 1] & 0x80u) != 0 ? 6 : 2;
  return after_llc(b, at + header, cast);
}

NetworkPart radiotap(Bytes b) noexcept {
  if (b.size() < 4) return {b.size(), 0, LinkCast::unknown};
  return wireless(b, static_cast<std::size_t>(b[2] | b[3] << 8));
}

/// The AVS header names its length; the older Prism header is always 144 bytes.
NetworkPart avs_or_prism(Bytes b) noexcept {
  const bool avs = b.size() >= 8 && b[0] == 0x80 && b[1] == 0x21 && b[2] == 0x10;
  return wireless(b, avs ? std::size_t{be16(b, 6)} : std::size_t{144});
}

}  // namespace

bool link_type_supported(int link_type) noexcept {
  switch (link_type) {
    case DLT_EN10MB:
    case DLT_RAW:
    case 14:  // DLT_RAW as OpenBSD numbers it
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_PPP:
    case DLT_PPP_SERIAL:
    case DLT_PPP_ETHER:
    case DLT_C_HDLC:
    case DLT_IEEE802_11:
    case DLT_IEEE802_11_RADIO:
    case DLT_IEEE802_11_RADIO_AVS:
    case DLT_PRISM_HEADER:
    case DLT_ATM_RFC1483:
      return true;
    default:
      return link_type == 101;  // LINKTYPE_RAW, where it is not mapped to DLT_RAW
  }
}

NetworkPart find_network_part(int link_type, std::span<const std::uint8_t> frame) noexcept {
  switch (link_type) {
    case DLT_EN10MB:
      return ethernet(frame);
    case DLT_LINUX_SLL:
      return after_ethertype(frame, 16, be16(frame, 14), cooked_cast(be16(frame, 0)));
    case DLT_LINUX_SLL2:
      return after_ethertype(frame, 20, be16(frame, 0),
                             cooked_cast(frame.size() > 10 ? frame[10] : std::uint16_t{0}));
    case DLT_NULL:
    case DLT_LOOP:
      return loopback(frame);
    case DLT_PPP:
    case DLT_PPP_SERIAL:
      return ppp(frame);
    case DLT_PPP_ETHER:
      return after_ppp(frame, 6, LinkCast::unknown);
    case DLT_C_HDLC:
      return after_ethertype(frame, 4, be16(frame, 2), LinkCast::unknown);
    case DLT_IEEE802_11:
      return wireless(frame, 0);
    case DLT_IEEE802_11_RADIO:
      return radiotap(frame);
    case DLT_IEEE802_11_RADIO_AVS:
    case DLT_PRISM_HEADER:
      return avs_or_prism(frame);
    case DLT_ATM_RFC1483:
      return after_llc(frame, 0, LinkCast::unknown);
    default:
      return part(frame, 0, by_version(frame, 0), LinkCast::unknown);
  }
}

}  // namespace spillway::replay
