#include "control/log/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace spillway {
namespace {

/// JOURNAL_STREAM as the test wants it, until the test ends.
class JournalStream {
 public:
  explicit JournalStream(const std::string& value) {
    setenv("JOURNAL_STREAM", value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
  ~JournalStream() { unsetenv("JOURNAL_STREAM"); }  // NOLINT(concurrency-mt-unsafe)
  JournalStream(const JournalStream&) = delete;
  JournalStream& operator=(const JournalStream&) = delete;
};

std::string own_stream(ino_t other = 0) {
  struct stat file {};
  fstat(STDERR_FILENO, &file);
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino + other);
}

TEST(Journal, IsWhereStandardErrorLeads) {
  {
    const JournalStream none("");
    EXPECT_FALSE(leads_to_journal());
  }
  {
    const JournalStream own(own_stream());
    EXPECT_TRUE(leads_to_journal());
  }
  const JournalStream other(own_stream(1));
  EXPECT_FALSE(leads_to_journal()) << "redirected since: systemd.exec(5)";
}

TEST(Journal, EveryLineHasItsPriority) {
  EXPECT_EQ(journal_lines(spdlog::level::info, "one"), "<6>one");
  EXPECT_EQ(journal_lines(spdlog::level::warn, "one"), "<4>one");
  EXPECT_EQ(journal_lines(spdlog::level::debug, "one"), "<7>one");
  EXPECT_EQ(journal_lines(spdlog::level::err, "one\ntwo"), "<3>one\n<3>two");
}

TEST(Journal, TheFormatterEndsEachMessageWithALine) {
  spdlog::memory_buf_t out;
  JournalFormatter().clone()->format({"spillway", spdlog::level::critical, "gone"}, out);
  EXPECT_EQ(std::string(out.data(), out.size()), "<2>gone\n");
}

}  // namespace
}  // namespace spillway
