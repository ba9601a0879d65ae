#pragma once

#include <filesystem>
#include <string>

#include "control/ports/claimed_cards.h"

namespace spillway::test {

/// Folders that look like a machine with cards: /sys, /dev and /run/lock, as far as the router
/// looks at them.
class FakeMachine {
 public:
  FakeMachine();
  ~FakeMachine();
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;

  /// A network card of its own IOMMU group, bound to `driver`; empty: to none.
  void add_card(const std::string& address, const std::string& driver);
  void bind(const std::string& address, const std::string& driver);
  /// An attribute, such as "class".
  void set(const std::string& address, const std::string& attribute, const std::string& value);
  /// Into an IOMMU group of this type, whose file VFIO shows.
  void set_group(const std::string& address, const std::string& group,
                 const std::string& type = "DMA-FQ");
  void switch_iommu_on();
  void remove_dev(const std::string& file);
  std::string dev() const { return (root_ / "dev").string(); }

  ClaimedCards::Places places() const;
  PciCard card(const std::string& address) const { return PciCard(address, places().devices); }

 private:
  std::filesystem::path device(const std::string& address) const;
  void write(const std::filesystem::path& file, const std::string& text) const;

  std::filesystem::path root_;
};

}  // namespace spillway::test
