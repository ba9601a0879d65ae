#include "control/hugepages.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace spillway {
namespace {

/// A folder like /sys/kernel/mm/hugepages.
class Pages {
 public:
  Pages() : root_(std::filesystem::temp_directory_path() / ("pages" + std::to_string(getpid()))) {
    std::filesystem::create_directories(root_);
  }
  ~Pages() { std::filesystem::remove_all(root_); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  void set(const std::string& size, unsigned free) {
    std::filesystem::create_directories(root_ / size);
    std::ofstream(root_ / size / "free_hugepages") << free << "\n";
  }
  std::string path() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

TEST(Hugepages, AreTakenWhenEnoughAreFree) {
  Pages pages;
  pages.set("hugepages-2048kB", 100);
  EXPECT_TRUE(choose_pages(200, pages.path()).enough);
  EXPECT_EQ(choose_pages(200, pages.path()).text, "memory: 200 MiB in hugepages of 2 MiB");
  EXPECT_FALSE(choose_pages(201, pages.path()).enough);
}

TEST(Hugepages, WithoutThemItSaysHowToGetThem) {
  Pages pages;
  pages.set("hugepages-2048kB", 3);
  EXPECT_EQ(choose_pages(201, pages.path()).text,
            "memory: 201 MiB in ordinary pages: 3 hugepages of 2 MiB are free, 101 would do and be "
            "faster (sysctl vm.nr_hugepages)");
  EXPECT_EQ(choose_pages(201, pages.path()).missing,
            "3 hugepages of 2 MiB are free, 101 are needed (sysctl vm.nr_hugepages=101)");
  EXPECT_FALSE(choose_pages(1, "/nonexistent").enough);
}

TEST(Hugepages, OfOneGibibyteServeToo) {
  Pages pages;
  pages.set("hugepages-2048kB", 0);
  pages.set("hugepages-1048576kB", 1);
  EXPECT_EQ(choose_pages(900, pages.path()).text, "memory: 900 MiB in hugepages of 1 GiB");
}

}  // namespace
}  // namespace spillway
