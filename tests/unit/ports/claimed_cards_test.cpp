#include "control/ports/claimed_cards.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/unit/ports/fake_machine.h"

namespace spillway {
namespace {

using test::FakeMachine;

config::Config config_with(const std::string& lan, const std::string& uplink) {
  config::Config config;
  config.lans.emplace_back();
  config.lans.back().port = lan;
  config.lans.back().where = {"x.conf", 1};
  config.uplinks.emplace_back();
  config.uplinks.back().port = uplink;
  config.uplinks.back().where = {"x.conf", 3};
  return config;
}

std::string error_of(const config::Config& config, const FakeMachine& machine) {
  try {
    const ClaimedCards cards(config, machine.places());
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

TEST(ClaimedCards, R44_OnlyNamedCardsAreGivenToTheEal) {
  FakeMachine machine;
  for (const char* address : {"0000:03:00.0", "0000:03:00.1", "0000:03:00.2"}) {
    machine.add_card(address, "vfio-pci");
    machine.set_group(address, address);
  }
  const ClaimedCards cards(config_with("03:00.0", "0000:03:00.1,driver_x=1"), machine.places());
  EXPECT_EQ(cards.devices(), (std::vector<std::string>{"0000:03:00.0", "0000:03:00.1,driver_x=1"}));
  EXPECT_EQ(cards.hugepage_user(), "");
}

TEST(ClaimedCards, R44_OneThatServesTwoSidesIsClaimedOnce) {
  FakeMachine machine;
  machine.add_card("0000:03:00.0", "vfio-pci");
  const ClaimedCards cards(config_with("03:00.0", "0000:03:00.0"), machine.places());
  EXPECT_EQ(cards.devices(), std::vector<std::string>{"0000:03:00.0"});
}

TEST(ClaimedCards, R44_OtherPortsNeedNone) {
  const FakeMachine machine;
  const ClaimedCards cards(config_with("eth0", "net_tap0,iface=x"), machine.places());
  EXPECT_TRUE(cards.devices().empty());
}

TEST(ClaimedCards, R44_ObstaclesNameTheSettingAndThePort) {
  FakeMachine machine;
  machine.add_card("0000:03:00.0", "vfio-pci");
  const config::Config config = config_with("03:00.0", "03:00.1");
  EXPECT_EQ(error_of(config, machine),
            "x.conf:3: port \"03:00.1\" there is no PCI device at this address; see lspci -D");
  machine.add_card("0000:03:00.1", "vfio-pci");
  EXPECT_EQ(error_of(config, machine), "") << "what was claimed before the error is free again";
}

TEST(ClaimedCards, R44_ASecondRouterTakesNoneOfThem) {
  FakeMachine machine;
  machine.add_card("0000:03:00.0", "uio_pci_generic");
  machine.add_card("0000:03:00.1", "uio_pci_generic");
  const ClaimedCards cards(config_with("eth0", "03:00.1"), machine.places());
  const std::string error = error_of(config_with("03:00.0", "03:00.1"), machine);
  EXPECT_EQ(error.rfind("x.conf:3: port \"03:00.1\" is in use by another spillway", 0), 0u)
      << error;
  EXPECT_EQ(error_of(config_with("03:00.0", "eth0"), machine), "");
}

TEST(ClaimedCards, R44_ItSaysWhichCardNeedsHugepages) {
  FakeMachine machine;
  machine.add_card("0000:03:00.0", "vfio-pci");
  machine.set_group("0000:03:00.0", "12");
  machine.add_card("0000:03:00.1", "uio_pci_generic");
  const ClaimedCards cards(config_with("03:00.0", "03:00.1"), machine.places());
  EXPECT_EQ(cards.hugepage_user(), "x.conf:3: port \"03:00.1\" is bound to uio_pci_generic");
}

}  // namespace
}  // namespace spillway
