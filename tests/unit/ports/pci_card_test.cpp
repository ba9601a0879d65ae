#include "control/ports/pci_card.h"

#include <gtest/gtest.h>

#include "tests/unit/ports/fake_machine.h"

namespace spillway {
namespace {

using test::FakeMachine;

constexpr char kCard[] = "0000:03:00.0";

/// A configuration space whose capabilities are these, from 0x40 on.
std::string config_space(const std::string& capabilities) {
  std::string space(256, '\0');
  space[0x06] = 0x10;
  space[0x34] = 0x40;
  for (std::size_t i = 0; i < capabilities.size(); ++i) {
    space[0x40 + 16 * i] = capabilities[i];
    if (i + 1 < capabilities.size()) space[0x41 + 16 * i] = static_cast<char>(0x50 + 16 * i);
  }
  return space;
}

TEST(PciCard, R44_OnVfioInItsOwnGroupNothingIsInTheWay) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  machine.set_group(kCard, "12");
  EXPECT_EQ(machine.card(kCard).obstacle(), "");
  EXPECT_FALSE(machine.card(kCard).needs_hugepages());
}

TEST(PciCard, R44_AMissingOneAndOneThatIsNoNetworkCard) {
  FakeMachine machine;
  EXPECT_EQ(machine.card(kCard).obstacle(), "there is no PCI device at this address; see lspci -D");
  machine.add_card(kCard, "vfio-pci");
  machine.set(kCard, "class", "0x060400\n");
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "is no network card but a PCI device of class 0x060400; see lspci -D");
}

TEST(PciCard, R44_OnTheKernelsDriverItSaysWhichOtherFits) {
  FakeMachine machine;
  machine.add_card(kCard, "igb");
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "is bound to the kernel's driver igb; bind it to DPDK's: dpdk-devbind.py "
            "--bind=uio_pci_generic 0000:03:00.0. No IOMMU is on, without which vfio-pci takes no "
            "card: it is switched on in the firmware, and by intel_iommu=on on the kernel's "
            "command line");
  machine.switch_iommu_on();
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "is bound to the kernel's driver igb; bind it to DPDK's: dpdk-devbind.py "
            "--bind=vfio-pci 0000:03:00.0");
  machine.bind(kCard, "");
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "is bound to no driver; bind it to DPDK's: dpdk-devbind.py --bind=vfio-pci "
            "0000:03:00.0");
}

TEST(PciCard, R44_UioBehindAnIommuReachesNoMemory) {
  FakeMachine machine;
  machine.add_card(kCard, "uio_pci_generic");
  EXPECT_EQ(machine.card(kCard).obstacle(), "");
  EXPECT_TRUE(machine.card(kCard).needs_hugepages());
  machine.set_group(kCard, "12");
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "is bound to uio_pci_generic, but the IOMMU keeps it from all memory; bind it to "
            "vfio-pci: dpdk-devbind.py --bind=vfio-pci 0000:03:00.0");
}

TEST(PciCard, R44_UioPastAnIommuThatPassesAllThrough) {
  FakeMachine machine;
  machine.add_card(kCard, "uio_pci_generic");
  machine.set_group(kCard, "12", "identity");
  EXPECT_EQ(machine.card(kCard).obstacle(), "");
}

TEST(PciCard, R44_TheDeviceFilesOfVfioMustBeThere) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  machine.set_group(kCard, "12");
  const std::string hint = ", which is missing: modprobe vfio-pci, and in a container both " +
                           machine.dev() + "/vfio/vfio and " + machine.dev() +
                           "/vfio/12 must be handed in";
  machine.remove_dev("vfio/12");
  EXPECT_EQ(machine.card(kCard).obstacle(), "needs " + machine.dev() + "/vfio/12" + hint);
  machine.remove_dev("vfio/vfio");
  EXPECT_EQ(machine.card(kCard).obstacle(), "needs " + machine.dev() + "/vfio/vfio" + hint);
}

TEST(PciCard, R44_AGroupIsHandedOutAsAWhole) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  machine.set_group(kCard, "12");
  for (const char* harmless : {"vfio-pci", "", "pcieport", "pci-stub"}) {
    FakeMachine other;
    other.add_card(kCard, "vfio-pci");
    other.set_group(kCard, "12");
    other.add_card("0000:03:00.1", harmless);
    other.set_group("0000:03:00.1", "12");
    EXPECT_EQ(other.card(kCard).obstacle(), "") << harmless;
  }
  machine.add_card("0000:03:00.1", "igb");
  machine.set_group("0000:03:00.1", "12");
  EXPECT_EQ(machine.card(kCard).obstacle(),
            "shares the IOMMU group 12 with 0000:03:00.1, which the driver igb has; bind that to "
            "vfio-pci too, or put the card into another slot: dpdk-devbind.py --bind=vfio-pci "
            "0000:03:00.1");
}

TEST(PciCard, R44_VfioWithoutIommuHasAFileOfAnotherName) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  machine.set_group(kCard, "0");
  machine.set(kCard, "iommu_group/name", "vfio-noiommu\n");
  EXPECT_TRUE(machine.card(kCard).needs_hugepages()) << "nothing translates addresses";
  EXPECT_NE(machine.card(kCard).obstacle().find("/vfio/noiommu-0, which is missing"),
            std::string::npos);
}

TEST(PciCard, R33_InterruptsNeedMsixOnVfio) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  EXPECT_FALSE(machine.card(kCard).can_interrupt()) << "no capabilities at all";
  machine.set(kCard, "config", config_space("\x01\x05"));
  EXPECT_FALSE(machine.card(kCard).can_interrupt()) << "power management and MSI";
  machine.set(kCard, "config", config_space("\x01\x05\x11\x10"));
  EXPECT_TRUE(machine.card(kCard).can_interrupt());
  machine.set(kCard, "config", config_space("\x01\x05\x11\x10").substr(0, 64));
  EXPECT_TRUE(machine.card(kCard).can_interrupt()) << "who is not root sees no more";
}

TEST(PciCard, R33_ALoopOfCapabilitiesEnds) {
  FakeMachine machine;
  machine.add_card(kCard, "vfio-pci");
  std::string space = config_space("\x01");
  space[0x41] = 0x40;
  machine.set(kCard, "config", space);
  EXPECT_FALSE(machine.card(kCard).can_interrupt());
}

TEST(PciCard, R33_InterruptsNeedALineOnUio) {
  FakeMachine machine;
  machine.add_card(kCard, "uio_pci_generic");
  EXPECT_TRUE(machine.card(kCard).can_interrupt());
  machine.set(kCard, "irq", "0\n");
  EXPECT_FALSE(machine.card(kCard).can_interrupt());
}

TEST(PciCard, R44_ErrorsOfDpdkComeWithAdvice) {
  EXPECT_NE(advice_on("0000:01:00.0 failed to select IOMMU type").find("allow_unsafe_interrupts"),
            std::string::npos);
  EXPECT_NE(advice_on("Cannot set up DMA remapping, error 12 (Cannot allocate memory)")
                .find("LimitMEMLOCK"),
            std::string::npos);
  EXPECT_EQ(advice_on("something else"), "");
}

}  // namespace
}  // namespace spillway
