#pragma once

#include <gtest/gtest.h>

namespace spillway::test {

/// A fixture that runs in a network namespace of its own, which goes with it.
class OwnNamespace : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Runs `ip ARGUMENTS` there.
  static void ip(const char* arguments);
  static bool exists(const char* interface);

 private:
  int before_ = -1;
};

}  // namespace spillway::test
