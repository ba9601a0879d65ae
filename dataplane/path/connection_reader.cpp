#include "dataplane/path/connection_reader.h"

#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>

namespace spillway {
namespace {

/// Records fetched ahead of the one looked at.
constexpr std::uint32_t kAhead = 4;

ConnectionRow row_of(const Connection& c, const ConnectionDetail& detail, Millis now,
                     const Timeouts& timeouts) noexcept {
  ConnectionRow row;
  row.original = c.original_key();
  row.reply = c.reply_key();
  row.count = detail.count;
  row.age_ms = now.since(detail.created);
  row.idle_ms = now.since(c.last_seen);
  row.left_ms = timeouts.of(c.state) - std::min(timeouts.of(c.state), row.idle_ms);
  row.state = c.state;
  row.mark = c.mark;
  row.uplink = c.uplink;
  return row;
}

}  // namespace

bool ConnectionReader::is_asked() const noexcept {
  return rings_.questions != nullptr && (open_ > 0 || rte_ring_empty(rings_.questions) == 0);
}

bool ConnectionReader::step(Pipeline& pipeline, const Timeouts& timeouts,
                            std::uint32_t budget) noexcept {
  take_questions();
  open_ = 0;
  ended_ = false;
  const Moment moment{pipeline, pipeline.connections(), pipeline.now(), timeouts};
  for (Asker& asker : askers_) {
    if (asker.at != kDone) go_on(asker, moment, budget);
    open_ += asker.at != kDone;
  }
  return ended_;
}

void ConnectionReader::take_questions() noexcept {
  ConnectionQuery query;
  while (rte_ring_sc_dequeue_elem(rings_.questions, &query, sizeof query) == 0)
    askers_[query.asker] = {query, query.kind == ConnectionQuery::Kind::stop ? kDone : 0, 0};
}

void ConnectionReader::go_on(Asker& asker, const Moment& moment, std::uint32_t budget) noexcept {
  if (asker.query.kind == ConnectionQuery::Kind::find) {
    find(asker, moment);
    return;
  }
  const std::uint32_t capacity = moment.table.capacity();
  const std::uint32_t end = std::min(capacity, asker.at + budget);
  for (; asker.at < end; ++asker.at) {
    if (asker.at + kAhead < capacity)
      moment.table.prefetch(static_cast<ConnIndex>(asker.at + kAhead));
    // No room for the row: the asker does not read, and this place comes first next time. Or too
    // many hosts were told just now that their connections end.
    if (!look_at(asker, moment, static_cast<ConnIndex>(asker.at))) return;
  }
  ConnectionRow last;
  last.end = true;
  last.matched = asker.matched;
  if (asker.at == capacity && tell(asker, last)) asker.at = kDone;
}

/// False when it has to be looked at again.
bool ConnectionReader::look_at(Asker& asker, const Moment& moment, ConnIndex index) noexcept {
  if (!moment.table.is_used(index)) return true;
  const Connection& c = moment.table[index];
  if (c.expired(moment.now, moment.timeouts) || !asker.query.filter.matches(c)) return true;
  if (asker.query.kind == ConnectionQuery::Kind::list &&
      !tell(asker, row_of(c, moment.table.detail(index), moment.now, moment.timeouts)))
    return false;
  if (asker.query.kind == ConnectionQuery::Kind::clear) {
    if (!moment.pipeline.clear(index)) return false;
    ended_ = true;
  }
  ++asker.matched;
  return true;
}

void ConnectionReader::find(Asker& asker, const Moment& moment) noexcept {
  const ConnRef ref = moment.table.find(asker.query.key);
  ConnectionRow last;
  if (ref.found()) {
    const Connection& c = moment.table[ref.index()];
    last = row_of(c, moment.table.detail(ref.index()), moment.now, moment.timeouts);
    last.matched = c.expired(moment.now, moment.timeouts) ? 0 : 1;
  }
  last.end = true;
  if (tell(asker, last)) asker.at = kDone;
}

bool ConnectionReader::tell(const Asker& asker, const ConnectionRow& row) noexcept {
  ConnectionRow told = row;
  told.serial = asker.query.serial;
  return rte_ring_sp_enqueue_elem(rings_.rows[asker.query.asker], &told, sizeof told) == 0;
}

}  // namespace spillway
