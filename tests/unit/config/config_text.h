#pragma once
// A small configuration as text, and what is wrong with a changed one.

#include <gtest/gtest.h>

#include <string>

#include "control/config/load.h"

namespace spillway::config {

inline std::string base() {
  return "lan = { name = \"LAN\"; port = \"p0\"; address = \"192.168.22.1/24\"; };\n"
         "uplinks = (\n"
         "  { name = \"ISP_1\"; port = \"p1\"; address = \"1.1.1.32/24\"; gateway = \"1.1.1.1\"; "
         "},\n"
         "  { name = \"ISP_2\"; port = \"p2\"; address = \"2.2.2.65/24\"; gateway = \"2.2.2.1\"; "
         "}\n"
         ");\n";
}

/// The error that `text` gives, or nothing.
inline std::string error_of(const std::string& text) {
  try {
    parse(text, "x.conf");
  } catch (const ConfigError& e) {
    return e.what();
  }
  return {};
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

}  // namespace spillway::config
