#include "dataplane/conn/port_sequence.h"

namespace spillway {

PortSequence::PortSequence(const HashSecret& secret, const FlowKey& original, L4Port preferred,
                           unsigned one_in) noexcept
    : state_(std::uint64_t{flow_hash(secret, original)} << 32 ^ secret.b),
      attempts_left_(kAttempts * one_in),
      first_(1024),
      size_(65536 - 1024),
      preferred_(preferred) {
  if (original.proto == IpProto::icmp) {
    first_ = 0;
    size_ = 65536;
  } else if (original.proto != IpProto::tcp && original.proto != IpProto::udp) {
    attempts_left_ = 1;
  } else if (preferred.host() < 1024) {
    first_ = 1;
    size_ = 1023;
  }
}

bool PortSequence::next(L4Port& port) noexcept {
  if (attempts_left_ == 0) return false;
  --attempts_left_;
  if (!preferred_tried_) {
    preferred_tried_ = true;
    port = preferred_;
    return true;
  }
  state_ = detail::fold_multiply(state_ ^ 0x2545f4914f6cdd1d, 0x9e3779b97f4a7c15) + attempts_left_;
  const std::uint64_t scaled = (state_ >> 32) * size_ >> 32;
  port = L4Port::from_host(static_cast<std::uint16_t>(first_ + scaled));
  return true;
}

}  // namespace spillway
