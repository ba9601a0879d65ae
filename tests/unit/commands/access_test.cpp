#include "control/commands/access.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <stdexcept>

namespace spillway {
namespace {

/// A group that every machine has.
constexpr char kGroup[] = "daemon";
constexpr uid_t kStranger = 54321;
constexpr gid_t kNoGroup = 54321;

gid_t id_of_group() {
  const group* entry = getgrnam(kGroup);
  return entry != nullptr ? entry->gr_gid : 0;
}

Peer stranger(gid_t group, std::vector<gid_t> more = {}) {
  return {1, kStranger, group, std::move(more)};
}

TEST(Access, RootAndTheRoutersUserMayChangeThings) {
  const Access access(config::ControlSocket{});
  EXPECT_EQ(access.rights_of({1, 0, 0, {}}), Rights::change);
  EXPECT_EQ(access.rights_of({1, geteuid(), kNoGroup, {}}), Rights::change);
  EXPECT_EQ(access.rights_of(stranger(0)), Rights::look) << "root's group is not root";
  EXPECT_EQ(access.rights_of(Peer{}), Rights::look) << "the kernel said nothing";
  EXPECT_EQ(access.may_look(), std::nullopt);
}

TEST(Access, SoMayAdministratorsByAnyOfTheirGroups) {
  config::ControlSocket settings;
  settings.admin_group = kGroup;
  const Access access(settings);
  const gid_t admins = id_of_group();
  EXPECT_EQ(access.rights_of(stranger(admins)), Rights::change);
  EXPECT_EQ(access.rights_of(stranger(kNoGroup, {7, admins})), Rights::change);
  EXPECT_EQ(access.rights_of(stranger(kNoGroup, {7})), Rights::look);
  EXPECT_EQ(access.may_look(), admins) << "else they could not open the socket";
}

TEST(Access, MembersOfTheSocketsGroupLook) {
  config::ControlSocket settings;
  settings.group = kGroup;
  const Access access(settings);
  EXPECT_EQ(access.may_look(), id_of_group());
  EXPECT_EQ(access.rights_of(stranger(id_of_group())), Rights::look);
}

TEST(Access, AGroupThatThisMachineLacksIsNamed) {
  config::ControlSocket settings;
  settings.admin_group = "no such group";
  try {
    const Access access(settings);
    FAIL() << "no error";
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(),
                 "`control.admin_group`: found \"no such group\"; allowed: a group of this machine "
                 "(getent group)");
  }
}

}  // namespace
}  // namespace spillway
