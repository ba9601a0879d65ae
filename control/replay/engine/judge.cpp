#include "control/replay/engine/judge.h"

#include <algorithm>

namespace spillway::replay {
namespace {

/// An expired connection is freed one turn of the wheel later; until then it still takes room.
constexpr std::int64_t kFreedLaterMs = 2 * ExpiryWheel::kTickMs;
/// Ports that the router tries before it gives up (RFC 6056 3.3.2).
constexpr std::size_t kPortAttempts = 128;

bool due_reply(const Feed& fed) {
  return fed.captured_reply && fed.expected.forward && fed.expected.to_lan;
}

}  // namespace

std::uint64_t Judge::run(std::span<const Item> burst, TimePoint now, const OnSent& on_sent) {
  std::uint64_t clocks = 0;
  // Packets of two ports can't be one burst.
  while (!burst.empty()) {
    const auto other = std::find_if(burst.begin(), burst.end(), [&](const Item& item) {
      return item.fed.port != burst.front().fed.port;
    });
    const auto n = static_cast<std::size_t>(other - burst.begin());
    clocks += pass(burst.first(n), now, on_sent);
    burst = burst.subspan(n);
  }
  return clocks;
}

std::uint64_t Judge::pass(std::span<const Item> burst, TimePoint now, const OnSent& on_sent) {
  const Tally before = drops();
  for (std::uint32_t i = 0; i < burst.size(); ++i)
    stage_.inject(burst[i].fed.port, burst[i].fed.frame, i);
  const std::uint64_t clocks = stage_.poll(now);
  std::vector<bool> left(burst.size(), false);
  stage_.collect([&](const Stage::Sent& sent) {
    const Item& item = burst[sent.tag];
    left[sent.tag] = true;
    const bool right = verifier_.sent(item.fed, sent.port, sent.frame, item.position, now);
    if (right && due_reply(item.fed)) ++report_.replies_delivered;
    on_sent(sent.port, sent.frame);
  });
  Tally unexplained = drops();
  for (std::size_t i = 0; i < kDropReasons; ++i) unexplained[i] -= before[i];
  for (std::size_t i = 0; i < burst.size(); ++i) {
    const Feed& fed = burst[i].fed;
    report_.replies_due += due_reply(fed);
    if (!left[i] && !fed.expected.forward) --unexplained[index_of(fed.expected.reason)];
  }
  for (std::size_t i = 0; i < burst.size(); ++i)
    if (!left[i] && burst[i].fed.expected.forward) settle_missing(burst[i], now, unexplained);
  report_wrong_drops(burst.front(), unexplained);
  return clocks;
}

Judge::Tally Judge::drops() const {
  Tally tally;
  for (std::size_t i = 0; i < kDropReasons; ++i)
    tally[i] = static_cast<std::int64_t>(stage_.drops(static_cast<DropReason>(i)));
  return tally;
}

/// A packet that had to be forwarded and was not: right only when the router had no room for its
/// connection, and that is checked.
void Judge::settle_missing(const Item& item, TimePoint now, Tally& unexplained) {
  const auto at =
      std::find_if(unexplained.begin(), unexplained.end(), [](auto n) { return n > 0; });
  if (at == unexplained.end()) {
    verifier_.fail(&Report::not_delivered, "not_delivered", item.position,
                   "neither sent nor dropped");
    return;
  }
  --*at;
  const auto reason = static_cast<DropReason>(at - unexplained.begin());
  if (has_no_room(item, reason, now)) {
    ledger_.remove(item.fed.expected.connection);
    return;
  }
  verifier_.fail(&Report::not_delivered, "not_delivered", item.position,
                 "dropped as " + std::string(name_of(reason)) + ", but had to be forwarded");
}

bool Judge::has_no_room(const Item& item, DropReason reason, TimePoint now) const {
  const Expectation& expected = item.fed.expected;
  if (expected.connection == ConnId::none) return false;
  const LedgerConnection& connection = ledger_[expected.connection];
  // A later packet of a connection that could not be opened in the same burst fails the same way.
  if (!expected.opens && connection.learned) return false;
  switch (reason) {
    case DropReason::table_full:
      return stage_.connections().size() >= stage_.connections().capacity();
    case DropReason::host_limit:
      return config_.limits.per_lan_host > 0 &&
             ledger_.of_host(connection.lan.src, now, kFreedLaterMs) > config_.limits.per_lan_host;
    case DropReason::port_exhausted:
      return ledger_.towards(connection.lan, now, kFreedLaterMs) > kPortAttempts;
    default:
      return false;
  }
}

void Judge::report_wrong_drops(const Item& any, const Tally& unexplained) {
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    for (std::int64_t n = unexplained[i]; n > 0; --n)
      verifier_.fail(&Report::wrong_drop, "wrong_drop", any.position,
                     "dropped as " + std::string(name_of(static_cast<DropReason>(i))) +
                         ", expected " + std::string(name_of(any.fed.expected.reason)));
  }
}

}  // namespace spillway::replay
