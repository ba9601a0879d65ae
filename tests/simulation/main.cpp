// `simulate NAME` prints one of the tables of docs/steering.md, or its picture.

#include <functional>
#include <iostream>
#include <map>

#include "tests/simulation/tables.h"

int main(int argc, char** argv) {
  using namespace spillway::simulation;
  const std::map<std::string, std::function<std::string()>> all = {
      {"burst", table_of_a_burst},           {"constant", table_of_constant_loads},
      {"faults", table_of_faults},           {"picture", picture},
      {"several", table_of_several_uplinks}, {"traffic", table_of_real_traffic}};
  const auto found = argc == 2 ? all.find(argv[1]) : all.end();
  if (found == all.end()) {
    std::cerr << "usage: simulate NAME; allowed:";
    for (const auto& [name, print] : all) std::cerr << " " << name;
    std::cerr << "\n";
    return 2;
  }
  std::cout << found->second();
  return std::cout.flush().good() ? 0 : 1;
}
