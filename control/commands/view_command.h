#pragma once
// Commands that only show something: as text, or with --json for programs.

#include <functional>
#include <string>

#include "control/commands/command_table.h"

namespace spillway {

/// Adds `words [--json]`; the view is filled anew for each answer.
template <typename View>
void add_view(CommandTable& table, std::string words, std::string help, std::function<View()> view,
              std::string (*to_text)(const View&), std::string (*to_json)(const View&)) {
  table.add({std::move(words), "[--json]", std::move(help),
             [view = std::move(view), to_text, to_json](Arguments& arguments) {
               const bool json = arguments.flag("--json");
               arguments.finish("--json");
               return Answer{true, json ? to_json(view()) : to_text(view())};
             }});
}

}  // namespace spillway
