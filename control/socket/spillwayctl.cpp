// Talks to a running router. Exit codes: 0 done; 1 the router refused; 2 usage, or no router.

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "control/socket/command_client.h"

namespace spillway {
namespace {

constexpr char kUsage[] =
    "usage: spillwayctl [--socket PATH] COMMAND\n\n"
    "commands:\n"
    "  reload                   read the configuration file again\n"
    "  show counters [--json]   packets by port, drops by reason\n"
    "  show events [N] [--json] the last N events, 20 unless told\n"
    "  show uplinks [--json]    health, rates, limits and probes of each\n"
    "  shutdown                 end the router, as SIGTERM does\n"
    "  help                     what this router knows\n";

int run(std::vector<std::string> arguments) {
  std::string path = kDefaultSocket;
  if (arguments.size() >= 2 && arguments[0] == "--socket") {
    path = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    (arguments.empty() ? std::cerr : std::cout) << kUsage;
    return arguments.empty() ? 2 : 0;
  }
  std::string line;
  for (const std::string& argument : arguments) line += (line.empty() ? "" : " ") + argument;
  if (line.find('\n') != std::string::npos) {
    std::cerr << "spillwayctl: a command is one line\n";
    return 2;
  }
  const Answer answer = ask_router(path, line);
  (answer.good ? std::cout : std::cerr) << answer.text << std::flush;
  return answer.good ? 0 : 1;
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  try {
    return spillway::run({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::cerr << "spillwayctl: " << e.what() << "\n";
    return 2;
  }
}
