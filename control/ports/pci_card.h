#pragma once
// A network card on the PCI bus, as Linux shows it.

#include <string>

namespace spillway {

/// Where Linux shows its devices; other folders in tests.
struct DeviceFolders {
  std::string sys = "/sys";
  std::string dev = "/dev";
};

/// Thread contract: value type; each question looks anew.
class PciCard {
 public:
  /// `address` as config::PortName has it.
  explicit PciCard(std::string address, DeviceFolders folders = {});

  /// What an admin must do before DPDK can use it; empty when nothing is known to be wrong.
  std::string obstacle() const;
  /// Whether it reads and writes memory by physical addresses, which only hugepages have for good.
  bool needs_hugepages() const;
  /// Whether DPDK gets its interrupts.
  bool can_interrupt() const;
  /// Linux' driver for it; empty: none.
  std::string driver() const;

 private:
  bool on_uio() const;
  std::string path(const std::string& attribute) const;
  std::string read(const std::string& attribute) const;
  bool has_iommu() const;
  bool is_behind_iommu() const;
  std::string other_driver_obstacle() const;
  std::string uio_obstacle() const;
  std::string vfio_obstacle() const;
  std::string neighbour_obstacle() const;
  std::string group() const;
  bool has_msix() const;

  std::string address_;
  DeviceFolders folders_;
};

/// What to do about an error of DPDK's with a card, to be put behind its words; empty: not known.
std::string advice_on(const std::string& dpdk_error);

}  // namespace spillway
