#include "tests/unit/ports/fake_machine.h"

#include <unistd.h>

#include <fstream>

namespace spillway::test {

namespace fs = std::filesystem;

FakeMachine::FakeMachine() {
  std::string name = (fs::temp_directory_path() / "machine.XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  root_ = name;
  for (const char* folder : {"sys/bus/pci/devices", "sys/class/iommu", "dev/vfio", "run/lock"})
    fs::create_directories(root_ / folder);
  write(root_ / "dev/vfio/vfio", "");
}

FakeMachine::~FakeMachine() {
  fs::remove_all(root_);
}

ClaimedCards::Places FakeMachine::places() const {
  return {{(root_ / "sys").string(), dev()}, (root_ / "run/lock").string()};
}

fs::path FakeMachine::device(const std::string& address) const {
  return root_ / "sys/bus/pci/devices" / address;
}

void FakeMachine::write(const fs::path& file, const std::string& text) const {
  std::ofstream(file, std::ios::binary) << text;
}

void FakeMachine::add_card(const std::string& address, const std::string& driver) {
  fs::create_directories(device(address));
  set(address, "class", "0x020000");
  set(address, "config", std::string(64, '\0'));
  set(address, "irq", "11");
  bind(address, driver);
}

void FakeMachine::bind(const std::string& address, const std::string& driver) {
  fs::remove(device(address) / "driver");
  if (!driver.empty())
    fs::create_symlink("../../../bus/pci/drivers/" + driver, device(address) / "driver");
}

void FakeMachine::set(const std::string& address, const std::string& attribute,
                      const std::string& value) {
  write(device(address) / attribute, value);
}

void FakeMachine::set_group(const std::string& address, const std::string& group,
                            const std::string& type) {
  const fs::path folder = root_ / "sys/kernel/iommu_groups" / group;
  fs::create_directories(folder / "devices");
  write(folder / "type", type + "\n");
  fs::create_symlink(folder, device(address) / "iommu_group");
  fs::create_symlink(device(address), folder / "devices" / address);
  write(root_ / "dev/vfio" / group, "");
}

void FakeMachine::switch_iommu_on() {
  fs::create_directories(root_ / "sys/class/iommu/dmar0");
}

void FakeMachine::remove_dev(const std::string& file) {
  fs::remove(root_ / "dev" / file);
}

}  // namespace spillway::test
