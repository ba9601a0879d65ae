#include "control/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace spillway {
namespace {

namespace fs = std::filesystem;

/// A folder like /sys.
class Sys {
 public:
  Sys() : root_(fs::temp_directory_path() / ("sys" + std::to_string(getpid()))) {}
  ~Sys() { fs::remove_all(root_); }
  Sys(const Sys&) = delete;
  Sys& operator=(const Sys&) = delete;

  void write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text << "\n";
  }
  void add_node(int node, const std::string& cpus) {
    write("devices/system/node/node" + std::to_string(node) + "/cpulist", cpus);
  }
  std::string path() const { return root_.string(); }

 private:
  fs::path root_;
};

config::Config site(const std::string& lan, const std::string& wan) {
  config::Config config;
  config.lans.emplace_back().port = lan;
  config.uplinks.emplace_back().port = wan;
  return config;
}

TEST(Machine, TwoNodesAndWhatIsOnThem) {
  Sys sys;
  sys.add_node(0, "0-1,4-5");
  sys.add_node(1, "2-3,6-7");
  sys.write("devices/system/node/online", "0-1");
  sys.write("bus/pci/devices/0000:03:00.0/numa_node", "1");
  sys.write("class/net/eth1/device/numa_node", "0");
  const Machine machine = read_machine(site("03:00.0", "eth1"), sys.path());
  EXPECT_FALSE(machine.cpus.empty());
  EXPECT_EQ(machine.nodes(), 2u);
  EXPECT_EQ(machine.node_of(5), 0);
  EXPECT_EQ(machine.node_of(6), 1);
  EXPECT_EQ(machine.node_of(99), kAnyNode);
  EXPECT_EQ(machine.node_of_port, (std::map<std::string, int>{{"03:00.0", 1}, {"eth1", 0}}));
}

TEST(Machine, OnOneNodeAllIsAlike) {
  Sys sys;
  sys.add_node(0, "0-7");
  sys.write("bus/pci/devices/0000:03:00.0/numa_node", "-1");
  const Machine machine = read_machine(site("0000:03:00.0", "net_tap0,iface=x"), sys.path());
  EXPECT_EQ(machine.nodes(), 1u);
  EXPECT_EQ(machine.node_of(3), kAnyNode);
  EXPECT_TRUE(machine.node_of_port.empty()) << "Linux does not know";
}

TEST(Machine, WithoutTheFolderAllIsAlike) {
  EXPECT_EQ(read_machine(site("eth1", "eth2"), "/nonexistent").nodes(), 1u);
}

TEST(Machine, HugepagesOfANode) {
  Sys sys;
  const std::string pages = "devices/system/node/node1/hugepages/";
  sys.write(pages + "hugepages-2048kB/free_hugepages", "100");
  sys.write(pages + "hugepages-1048576kB/free_hugepages", "2");
  EXPECT_EQ(free_huge_mib(1, sys.path()), 200u + 2048u);
  EXPECT_EQ(free_huge_mib(0, sys.path()), 0u);
}

TEST(Machine, ThisProcessHasCpus) {
  EXPECT_FALSE(allowed_cpus().empty());
}

}  // namespace
}  // namespace spillway
