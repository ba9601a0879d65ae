// libFuzzer over everything that takes a line from a person: the router's commands, completion, and
// what spillwayctl understands itself.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/cli/offers.h"
#include "control/cli/request.h"
#include "tests/unit/commands/sample_table.h"

namespace {

using namespace spillway;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_line(const CommandTable& table, const std::string& line) {
  const Answer answer = table.obey(line, Rights::look);
  require(answer.text.ends_with('\n'));
  const std::string offered = table.complete(line);
  std::vector<Offer> offers = parse_offers(offered);
  add_own_offers(line, offers);
  agreed_addition(line, offers);
  try {
    table.help(split_words(line));
  } catch (const CommandError&) {
  }
  try {
    parse_request(line);
  } catch (const RequestError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CommandTable table = sample_table();
  try_line(table, std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
