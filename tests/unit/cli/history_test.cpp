#include "control/cli/history.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/cli/table_server.h"

namespace spillway {
namespace {

using Lines = std::vector<std::string>;

/// A folder that goes with the test.
struct Folder {
  Folder() = default;
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string path = fresh_path("history");
};

TEST(History, IsThereTheNextTimeAndForNobodyElse) {
  const Folder folder;
  const std::string file = folder.path + "/spillway/history";
  {
    History history(file);
    EXPECT_TRUE(history.add("show uplinks"));
    EXPECT_FALSE(history.add("show uplinks"));
    EXPECT_FALSE(history.add("  "));
    EXPECT_TRUE(history.add("reload"));
    EXPECT_TRUE(history.add("show uplinks"));
  }
  EXPECT_EQ(History(file).lines(), (Lines{"show uplinks", "reload", "show uplinks"}));
  struct stat facts {};
  ASSERT_EQ(stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  ASSERT_EQ(stat((folder.path + "/spillway").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0700u);
}

TEST(History, KeepsTheLastOnes) {
  const Folder folder;
  const std::string file = folder.path + "/history";
  {
    History history(file);
    for (std::size_t i = 0; i < History::kKept + 50; ++i) history.add(std::to_string(i));
  }
  const History history(file);
  EXPECT_EQ(history.lines().size(), History::kKept);
  EXPECT_EQ(history.lines().front(), "50");
  EXPECT_EQ(History(file).lines(), history.lines()) << "and so does the file";
}

TEST(History, DoesWithoutAFile) {
  History nowhere("");
  EXPECT_TRUE(nowhere.add("x"));
  History forbidden("/proc/nonexistent/spillway/history");
  EXPECT_TRUE(forbidden.add("x"));
  EXPECT_EQ(forbidden.lines(), Lines{"x"});
}

TEST(History, ItsPlaceIsTheUsualOne) {
  setenv("HOME", "/h", 1);
  setenv("XDG_STATE_HOME", "/s", 1);
  EXPECT_EQ(history_file(), "/s/spillway/history");
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_EQ(history_file(), "/h/.local/state/spillway/history");
  unsetenv("XDG_STATE_HOME");
  EXPECT_EQ(history_file(), "/h/.local/state/spillway/history");
  unsetenv("HOME");
  EXPECT_EQ(history_file(), "");
}

}  // namespace
}  // namespace spillway
