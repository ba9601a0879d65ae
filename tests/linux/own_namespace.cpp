#include "tests/linux/own_namespace.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace spillway::test {

void OwnNamespace::SetUp() {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for a network namespace";
  before_ = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (unshare(CLONE_NEWNET) != 0)
    GTEST_SKIP() << "needs a network namespace: " << std::strerror(errno);
}

void OwnNamespace::TearDown() {
  if (before_ < 0) return;
  if (setns(before_, CLONE_NEWNET) != 0) std::abort();
  close(before_);
}

void OwnNamespace::ip(const char* arguments) {
  ASSERT_EQ(std::system((std::string("ip ") + arguments).c_str()), 0) << arguments;
}

bool OwnNamespace::exists(const char* interface) {
  return if_nametoindex(interface) != 0;
}

}  // namespace spillway::test
