#pragma once
// ICMP errors: translation of the packet they embed and of themselves (RFC 5508 4.2).

#include <cstddef>
#include <cstdint>

#include "dataplane/conn/flow_key.h"
#include "dataplane/conn/rewrite.h"
#include "dataplane/net/parser.h"

namespace spillway {

/// The key that answers to the embedded packet carry in `zone`, where the error came in.
FlowKey answer_key(const ParsedPacket& inner, Zone zone) noexcept;

/// How an ICMP error crosses the router.
struct ErrorWay {
  Zone from = Zone::lan;
  Zone to = Zone::lan;
  std::uint8_t ttl_step = 1;
};

/// View of an ICMP error of `readable` bytes from its IPv4 header on. Thread contract: worker only.
class IcmpError {
 public:
  IcmpError(std::uint8_t* packet, std::size_t l4_offset, std::size_t readable) noexcept;

  /// The embedded packet; of kind `flow` when its 5-tuple could be read.
  const ParsedPacket& inner() const noexcept { return inner_; }

  /// Turns the embedded packet back to what it was before translation, gives the error the
  /// addresses that fit, takes the step from its TTL, and makes every checksum follow that can:
  /// TCP's lies behind the 8 bytes that must be embedded. `answers` is the rewrite of the direction
  /// that answers to the embedded packet belong to.
  void translate(const Rewrite& answers, const ErrorWay& way) const noexcept;

 private:
  ChecksumDelta turn_header(const FlowKey& was) const noexcept;
  ChecksumDelta turn_transport(const Rewrite& back, const FlowKey& was) const noexcept;
  void readdress(const FlowKey& was, const ErrorWay& way, bool translated) const noexcept;

  std::uint8_t* packet_;
  std::uint8_t* icmp_;
  std::uint8_t* embedded_;
  std::size_t embedded_length_;
  ParsedPacket inner_;
};

}  // namespace spillway
