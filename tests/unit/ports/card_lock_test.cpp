#include "control/ports/card_lock.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "tests/unit/ports/fake_machine.h"

namespace spillway {
namespace {

constexpr char kCard[] = "0000:03:00.0";

std::string error_of(const std::string& folder, const char* card = kCard) {
  try {
    const CardLock lock(card, folder);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

class CardLockTest : public testing::Test {
 protected:
  std::string folder() const { return machine_.places().locks; }

 private:
  test::FakeMachine machine_;
};

TEST_F(CardLockTest, R44_ACardBelongsToOneRouter) {
  const CardLock lock(kCard, folder());
  EXPECT_EQ(error_of(folder()),
            "is in use by another spillway, process " + std::to_string(getpid()));
  EXPECT_EQ(error_of(folder(), "0000:03:00.1"), "");
}

TEST_F(CardLockTest, R42_NothingIsLeftBehind) {
  { const CardLock lock(kCard, folder()); }
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
  EXPECT_EQ(error_of(folder()), "");
}

/// A process that has the lock, until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& folder) {
    int ready[2];
    if (pipe(ready) != 0) std::abort();
    process_ = fork();
    if (process_ == 0) {
      const CardLock lock(kCard, folder);
      if (write(ready[1], "x", 1) != 1) _exit(1);
      for (;;) pause();
    }
    close(ready[1]);
    char said = 0;
    EXPECT_EQ(read(ready[0], &said, 1), 1);
    close(ready[0]);
  }
  void kill_it() const {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  pid_t process() const { return process_; }

 private:
  pid_t process_ = 0;
};

TEST_F(CardLockTest, R44_AKilledRouterLeavesTheCardFree) {
  const Holder holder(folder());
  EXPECT_EQ(error_of(folder()),
            "is in use by another spillway, process " + std::to_string(holder.process()));
  holder.kill_it();
  EXPECT_FALSE(std::filesystem::is_empty(folder())) << "its file is still there";
  EXPECT_EQ(error_of(folder()), "");
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
}

TEST_F(CardLockTest, R44_AFolderThatIsMissingIsNamed) {
  EXPECT_EQ(error_of("/nonexistent"),
            "cannot be locked: /nonexistent/spillway-0000:03:00.0.lock: No such file or "
            "directory");
}

// Each removes the file when it is done: another that has just opened it must not believe in it.
TEST_F(CardLockTest, R44_OfManyThatComeAndGoOneHasIt) {
  constexpr int processes = 4, turns = 2000;
  using Count = std::atomic<int>;
  void* shared = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Count& inside = *new (shared) Count(0);
  for (int i = 0; i < processes; ++i) {
    if (fork() != 0) continue;
    bool alone = true;
    for (int turn = 0; turn < turns; ++turn) {
      try {
        const CardLock lock(kCard, folder());
        alone &= inside.fetch_add(1) == 0;
        inside.fetch_sub(1);
      } catch (const std::runtime_error&) {
        // Another one has it.
      }
    }
    _exit(alone ? 0 : 1);
  }
  for (int i = 0; i < processes; ++i) {
    int status = -1;
    ASSERT_GT(wait(&status), 0);
    EXPECT_EQ(status, 0);
  }
  munmap(shared, 4096);
}

}  // namespace
}  // namespace spillway
