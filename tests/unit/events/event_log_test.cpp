#include "control/events/event_log.h"

#include <gtest/gtest.h>

#include <set>

namespace spillway {
namespace {

Event event(const std::string& text) {
  Event e;
  e.kind = EventKind::health;
  e.text = text;
  return e;
}

TEST(EventLog, NumbersDatesAndKeepsTheLast) {
  EventLog log([] { return std::int64_t{42}; });
  for (std::size_t i = 1; i <= EventLog::kKept + 5; ++i)
    log.add(TimePoint(std::chrono::seconds(i)), event(std::to_string(i)));
  EXPECT_EQ(log.count(), EventLog::kKept + 5);
  const auto last = log.last(3);
  ASSERT_EQ(last.size(), 3u);
  EXPECT_EQ(last[2].number, EventLog::kKept + 5);
  EXPECT_EQ(last[2].text, std::to_string(EventLog::kKept + 5));
  EXPECT_EQ(last[0].number, EventLog::kKept + 3);
  EXPECT_EQ(last[2].wall_ms, 42);
  EXPECT_EQ(log.last(1u << 20).size(), EventLog::kKept);
}

TEST(EventLog, ListenersHearEachInOrderAndMayAddTheirOwn) {
  EventLog log([] { return std::int64_t{0}; });
  std::vector<std::string> heard;
  log.listen([&](const Event& e) {
    heard.push_back(e.text);
    if (e.text == "first") log.add(e.time, event("from a listener"));
  });
  log.add({}, event("first"));
  log.add({}, event("second"));
  EXPECT_EQ(heard, (std::vector<std::string>{"first", "from a listener", "second"}));
}

TEST(EventLog, EveryKindHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kEventKinds; ++i) names.insert(name_of(static_cast<EventKind>(i)));
  EXPECT_EQ(names.size(), kEventKinds);
  EXPECT_EQ(name_of(EventKind::trouble), "trouble");
}

}  // namespace
}  // namespace spillway
