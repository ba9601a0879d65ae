#include "control/ports/pci_card.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace spillway {
namespace {

namespace fs = std::filesystem;

/// Drivers that leave the device to user space, and those that share it with the kernel.
constexpr std::array kUserDrivers = {"vfio-pci", "igb_uio", "uio_pci_generic", "mlx4_core",
                                     "mlx5_core"};
/// What the kernel's VFIO puts up with in a group beside the cards it hands out.
constexpr std::array kHarmless = {"", "vfio-pci", "pci-stub", "pcieport"};

template <typename Names>
bool is_one_of(const std::string& name, const Names& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool starts_with(const std::string& text, std::string_view with) {
  return text.rfind(with, 0) == 0;
}

std::string driver_below(const fs::path& device) {
  std::error_code error;
  return fs::read_symlink(device / "driver", error).filename();
}

std::string missing_obstacle(const std::string& file, const std::string& all,
                             const std::string& own) {
  return "needs " + file + ", which is missing: modprobe vfio-pci, and in a container both " + all +
         " and " + own + " must be handed in";
}

std::string rights_obstacle(const std::string& file) {
  return "needs " + file + ", which only root may open; for another user: chown USER " + file;
}

std::string shared_group_obstacle(const std::string& group, const std::string& other,
                                  const std::string& driver) {
  return "shares the IOMMU group " + group + " with " + other + ", which the driver " + driver +
         " has; bind that to vfio-pci too, or put the card into another slot: dpdk-devbind.py "
         "--bind=vfio-pci " +
         other;
}

bool is_usable(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0;
}

}  // namespace

PciCard::PciCard(std::string address, DeviceFolders folders)
    : address_(std::move(address)), folders_(std::move(folders)) {}

std::string PciCard::path(const std::string& attribute) const {
  return folders_.sys + "/bus/pci/devices/" + address_ + "/" + attribute;
}

/// Its first line.
std::string PciCard::read(const std::string& attribute) const {
  std::string line;
  std::ifstream file(path(attribute));
  std::getline(file, line);
  return line;
}

std::string PciCard::driver() const {
  return driver_below(path(""));
}

std::string PciCard::group() const {
  std::error_code error;
  return fs::read_symlink(path("iommu_group"), error).filename();
}

bool PciCard::on_uio() const {
  return driver() == "uio_pci_generic" || driver() == "igb_uio";
}

/// Whether the machine has one that is switched on.
bool PciCard::has_iommu() const {
  std::error_code error;
  return fs::directory_iterator(folders_.sys + "/class/iommu", error) != fs::directory_iterator();
}

/// VFIO makes up groups when it is told to do without.
bool PciCard::is_behind_iommu() const {
  return !group().empty() && read("iommu_group/name") != "vfio-noiommu";
}

bool PciCard::needs_hugepages() const {
  return on_uio() || (driver() == "vfio-pci" && !is_behind_iommu());
}

std::string PciCard::obstacle() const {
  std::error_code error;
  if (!fs::exists(path(""), error)) return "there is no PCI device at this address; see lspci -D";
  constexpr std::string_view network = "0x02";  // PCI Code and ID Assignment, 1.3
  const std::string kind = read("class");
  if (!starts_with(kind, network))
    return "is no network card but a PCI device of class " + kind + "; see lspci -D";
  if (!is_one_of(driver(), kUserDrivers)) return other_driver_obstacle();
  if (on_uio()) return uio_obstacle();
  return driver() == "vfio-pci" ? vfio_obstacle() : std::string();
}

std::string PciCard::other_driver_obstacle() const {
  const std::string now = driver().empty() ? "no driver" : "the kernel's driver " + driver();
  const std::string text = "is bound to " + now + "; bind it to DPDK's: dpdk-devbind.py --bind=";
  if (has_iommu()) return text + "vfio-pci " + address_;
  return text + "uio_pci_generic " + address_ +
         ". No IOMMU is on, without which vfio-pci takes no card: it is switched on in the "
         "firmware, and by intel_iommu=on on the kernel's command line";
}

// The kernel maps nothing into the IOMMU for a card on uio: what it sends and receives goes
// nowhere.
std::string PciCard::uio_obstacle() const {
  if (starts_with(read("iommu_group/type"), "DMA"))
    return "is bound to " + driver() +
           ", but the IOMMU keeps it from all memory; bind it to vfio-pci: dpdk-devbind.py "
           "--bind=vfio-pci " +
           address_;
  if (!is_usable(path("config")))
    return "is bound to " + driver() + ", which needs root and a /sys that can be written";
  return {};
}

std::string PciCard::vfio_obstacle() const {
  if (group().empty()) return {};
  const std::string all = folders_.dev + "/vfio/vfio";
  const std::string own =
      folders_.dev + "/vfio/" + (is_behind_iommu() ? group() : "noiommu-" + group());
  for (const std::string* file : {&all, &own}) {
    std::error_code error;
    if (!fs::exists(*file, error)) return missing_obstacle(*file, all, own);
    if (!is_usable(*file)) return rights_obstacle(*file);
  }
  return neighbour_obstacle();
}

/// VFIO hands out a group of devices that the IOMMU cannot tell apart as a whole, or not at all.
std::string PciCard::neighbour_obstacle() const {
  std::error_code error;
  for (const auto& other : fs::directory_iterator(path("iommu_group/devices"), error))
    if (const std::string driver = driver_below(other.path()); !is_one_of(driver, kHarmless))
      return shared_group_obstacle(group(), other.path().filename(), driver);
  return {};
}

// DPDK takes MSI-X on vfio-pci even of a card that has none, and goes on without any interrupt.
bool PciCard::can_interrupt() const {
  if (driver() == "vfio-pci") return has_msix();
  return !on_uio() || read("irq") != "0";
}

/// True when nothing speaks against it: only root may read all of the configuration space.
bool PciCard::has_msix() const {
  // PCI Local Bus Specification 3.0, 6.7 and 6.8.2
  constexpr std::size_t header = 64, status = 0x06, first = 0x34;
  constexpr std::uint8_t has_list = 0x10, msix = 0x11, aligned = 0xfc;
  std::ifstream file(path("config"), std::ios::binary);
  const std::string all(std::istreambuf_iterator<char>(file), {});
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(all[at]); };
  if (all.size() < header) return true;
  if ((byte(status) & has_list) == 0) return false;
  std::size_t at = byte(first) & aligned;
  for (std::size_t steps = 0; at >= header && steps < all.size(); ++steps) {
    if (at + 1 >= all.size()) return true;
    if (byte(at) == msix) return true;
    at = byte(at + 1) & aligned;
  }
  return false;
}

std::string advice_on(const std::string& dpdk_error) {
  struct Advice {
    const char* about;
    const char* text;
  };
  constexpr std::array<Advice, 3> all{{
      {"failed to select IOMMU type",
       "; the kernel hands out no card where one could forge interrupts (dmesg): switch on "
       "interrupt remapping in the firmware, or, if all of this machine's programs and cards are "
       "trusted: echo 1 > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"},
      {"set up DMA remapping, error 12",
       "; a card needs all of the router's memory locked: run it as root, or allow it "
       "(LimitMEMLOCK=infinity, ulimit -l unlimited)"},
      {"Device or resource busy", "; another program has the card"},
  }};
  for (const Advice& advice : all)
    if (dpdk_error.find(advice.about) != std::string::npos) return advice.text;
  return {};
}

}  // namespace spillway
