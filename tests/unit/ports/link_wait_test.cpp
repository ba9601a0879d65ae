#include "control/ports/link_wait.h"

#include <gtest/gtest.h>

namespace spillway {
namespace {

using namespace std::chrono_literals;

/// Links that come up at set times, and a clock that only naps move.
class LinkWaitTest : public testing::Test {
 protected:
  std::function<bool()> link_at(RouterClock::duration when) {
    return [this, when] { return now_ >= TimePoint(when); };
  }
  auto wait(std::vector<std::function<bool()>> links) {
    return wait_for_links(links, {5s, [this] { return now_; }, [this](auto t) { now_ += t; }});
  }
  RouterClock::duration passed() const { return now_.time_since_epoch(); }

 private:
  TimePoint now_;
};

TEST_F(LinkWaitTest, R33_NothingToWaitForTakesNoTime) {
  EXPECT_TRUE(wait({}).empty());
  const auto took = wait({link_at(0s), link_at(0s)});
  EXPECT_EQ(took[0], 0s);
  EXPECT_EQ(passed(), 0s);
}

TEST_F(LinkWaitTest, R33_ItEndsWithTheLastLink) {
  const auto took = wait({link_at(2s), link_at(0s), link_at(3s)});
  EXPECT_EQ(took[0], 2s);
  EXPECT_EQ(took[1], 0s);
  EXPECT_EQ(took[2], 3s);
  EXPECT_EQ(passed(), 3s);
}

TEST_F(LinkWaitTest, R33_APulledCableDelaysTheOthersNoLongerThanAgreed) {
  const auto took = wait({link_at(1s), link_at(1h)});
  EXPECT_EQ(took[0], 1s);
  EXPECT_FALSE(took[1]);
  EXPECT_EQ(passed(), 5s);
}

TEST_F(LinkWaitTest, R33_ALinkThatComesAtTheLastMomentCounts) {
  EXPECT_EQ(wait({link_at(5s)})[0], 5s);
}

}  // namespace
}  // namespace spillway
