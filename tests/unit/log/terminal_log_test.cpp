#include "control/log/terminal_log.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace spillway {
namespace {

struct Log {
  Log() { logger.set_pattern("%v"); }
  bool rings() const {
    pollfd bell{sink->bell(), POLLIN, 0};
    return poll(&bell, 1, 0) > 0;
  }
  std::shared_ptr<TerminalLog> sink = std::make_shared<TerminalLog>();
  spdlog::logger logger{"test", sink};
};

TEST(TerminalLog, WritesAtOnceWhileNobodyTypes) {
  Log log;
  testing::internal::CaptureStderr();
  log.logger.info("one");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "one\n");
  EXPECT_FALSE(log.rings());
}

TEST(TerminalLog, WaitsToBeFetched) {
  Log log;
  log.sink->hold();
  testing::internal::CaptureStderr();
  log.logger.info("one");
  log.logger.info("two");
  EXPECT_TRUE(log.rings());
  EXPECT_EQ(log.sink->fetch(), "one\ntwo\n");
  EXPECT_FALSE(log.rings());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(TerminalLog, WhatWasNotFetchedComesAtTheEnd) {
  Log log;
  log.sink->hold();
  log.logger.info("one");
  testing::internal::CaptureStderr();
  log.sink->release();
  log.logger.info("two");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "one\ntwo\n");
}

TEST(TerminalLog, NobodyFetchesAndItStaysSmall) {
  Log log;
  log.sink->hold();
  const std::string line(1023, 'x');
  for (unsigned i = 0; i < 300; ++i) log.logger.info(line);
  const std::string all = log.sink->fetch();
  EXPECT_LE(all.size(), TerminalLog::kMost + 100);
  EXPECT_TRUE(all.ends_with("x\n(44 lines lost)\n")) << all.substr(all.size() - 50);
  log.logger.info("after");
  EXPECT_EQ(log.sink->fetch(), "after\n");
}

}  // namespace
}  // namespace spillway
