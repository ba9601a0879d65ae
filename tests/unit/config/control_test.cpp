#include <gtest/gtest.h>

#include "control/config/load.h"
#include "tests/unit/config/config_text.h"

namespace spillway::config {
namespace {

ControlSocket control_of(const std::string& settings) {
  return parse(base() + "control = { " + settings + " };\n", "x.conf").control;
}

TEST(Control, HasDefaults) {
  EXPECT_EQ(parse(base(), "x.conf").control, (ControlSocket{"/run/spillway.sock", "", ""}));
}

TEST(Control, AllOfIt) {
  EXPECT_EQ(control_of("socket = \"/run/x\"; group = \"netdev\"; admin_group = \"adm\";"),
            (ControlSocket{"/run/x", "netdev", "adm"}));
}

TEST(Control, WhatCheckPrintsReadsBackTheSame) {
  const std::string text =
      base() + "control = { socket = \"/a b\"; group = \"g\"; admin_group = \"h\"; };\n";
  const Config config = parse(text, "x.conf");
  EXPECT_EQ(parse(effective(config), "y.conf").control, config.control);
}

TEST(Control, MistakesAreNamed) {
  const auto error = [](const std::string& settings) {
    return error_of(base() + "control = { " + settings + " };\n");
  };
  EXPECT_EQ(error("socket = \"spillway.sock\";"),
            "x.conf:6: setting `control.socket`: found \"spillway.sock\"; allowed: an absolute "
            "path of at most 107 bytes");
  EXPECT_NE(error("socket = \"/" + std::string(107, 'x') + "\";"), "");
  EXPECT_EQ(error("group = \"\";"),
            "x.conf:6: setting `control.group`: found \"\"; allowed: the name of a group");
  EXPECT_NE(error("admin_group = 7;"), "");
  EXPECT_NE(error("admins = \"adm\";"), "");
}

}  // namespace
}  // namespace spillway::config
