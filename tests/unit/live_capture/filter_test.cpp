#include "control/capture/capture_filter.h"

#include <gtest/gtest.h>

#include "tests/support/frames.h"

namespace spillway::test {
namespace {

bool fits(const std::string& expression, const FrameSpec& spec) {
  const CaptureFilter filter(expression, 2000);
  const auto frame = build_frame(spec);
  const auto length = static_cast<u_int>(frame.size());
  return bpf_filter(filter.program(), frame.data(), length, length) != 0;
}

std::string error_of(const std::string& expression) {
  try {
    const CaptureFilter filter(expression, 2000);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

TEST(CaptureFilter, TakesWhatTcpdumpTakes) {
  const FrameSpec dns;
  EXPECT_TRUE(fits("udp port 53", dns));
  EXPECT_TRUE(fits("host 192.168.22.10 and not tcp", dns));
  EXPECT_TRUE(fits("net 8.8.8.0/24 and portrange 50-60", dns));
  EXPECT_TRUE(fits("ether dst 02:00:00:00:00:01", dns));
  EXPECT_TRUE(fits("ip[8] == 64 && less 2000", dns));
  EXPECT_FALSE(fits("tcp", dns));
  FrameSpec syn;
  syn.proto = IpProto::tcp;
  EXPECT_TRUE(fits("tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn", syn));
  EXPECT_TRUE(fits("tcp[13] = 0x02", syn));
}

TEST(CaptureFilter, R44_NamesAreNotLookedUp) {
  for (const char* name : {"host www.example.com", "port http", "host abc", "ether host gateway"})
    EXPECT_NE(error_of(name).find("names are not looked up"), std::string::npos) << name;
}

TEST(CaptureFilter, R44_WhatIsWrongIsNamed) {
  EXPECT_NE(error_of("tcp port").find("found \"tcp port\"; allowed: a tcpdump expression: "),
            std::string::npos);
  EXPECT_NE(error_of("tcp (").find("tcpdump expression"), std::string::npos);
  EXPECT_NE(error_of("host 1.2.3.4.5").find("tcpdump expression"), std::string::npos);
}

}  // namespace
}  // namespace spillway::test
