#pragma once
// Commands as a router might have them, which say what they were told.

#include "control/commands/command_table.h"

namespace spillway {

inline CommandTable sample_table() {
  CommandTable table;
  const auto add = [&](const std::string& words, const std::string& arguments,
                       const std::string& help, CommandTable::Words behind = nullptr) {
    table.add({words, arguments, help,
               [words](Arguments& rest) {
                 std::string text = words + ":";
                 for (const std::string& word : rest.rest()) text += " " + word;
                 return Answer{true, text + "\n"};
               },
               Rights::look, std::move(behind)});
  };
  const auto uplinks = [] { return WordList{"ISP_1", "ISP_2", "LTE"}; };
  add("reload", "", "read again");
  add("show connections", "[uplink NAME] [--json]", "who talks");
  add("show connections count", "", "how many talk");
  add("show counters", "[--json]", "packets");
  add("show uplinks", "[NAME] [--json]", "health", uplinks);
  add("uplink drain", "NAME", "no more for it", uplinks);
  return table;
}

}  // namespace spillway
