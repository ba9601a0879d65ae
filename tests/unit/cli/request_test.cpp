#include "control/cli/request.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace spillway {
namespace {

using namespace std::chrono_literals;

std::string error_of(const std::string& line) {
  try {
    parse_request(line);
  } catch (const RequestError& e) {
    return e.what();
  }
  return {};
}

TEST(Request, WithoutOwnWordsTheLineIsTheRouters) {
  for (const char* line : {"", " show  x ", "reload", "complete show x --watch "}) {
    EXPECT_EQ(parse_request(line).line, line);
    EXPECT_FALSE(parse_request(line).every);
  }
}

TEST(Request, AWatch) {
  EXPECT_EQ(parse_request("show x --watch").every, 2000ms);
  EXPECT_EQ(parse_request("show x --watch").line, "show x");
  const Request r = parse_request("sh events 5 --watch 0.5 --json --count 3");
  EXPECT_EQ(r.line, "sh events 5 --json");
  EXPECT_EQ(r.every, 500ms);
  EXPECT_EQ(r.count, 3u);
  EXPECT_EQ(parse_request("show x --watch ISP_1").line, "show x ISP_1");
}

TEST(Request, MistakesAreNamed) {
  const struct {
    const char* line;
    const char* error;
  } rows[] = {
      {"show x --watch 0", "--watch: found 0; allowed: seconds from 0.1 to 86400"},
      {"show x --watch nan", "--watch: found nan; allowed: seconds from 0.1 to 86400"},
      {"show x --watch 1e9", "--watch: found 1e9; allowed: seconds from 0.1 to 86400"},
      {"show x --watch --count", "--count: found nothing; allowed: a number from 1 on"},
      {"show x --watch --count 0", "--count: found \"0\"; allowed: a number from 1 on"},
      {"show x --count 3", "--count: allowed beside --watch only"},
      {"reload --watch", "--watch: allowed behind a show command only"},
      {"--watch", "--watch: allowed behind a show command only"},
      {"showing --watch", "--watch: allowed behind a show command only"},
  };
  for (const auto& row : rows) EXPECT_EQ(error_of(row.line), row.error) << row.line;
}

RC_GTEST_PROP(RequestLines, R44_AnyBytesAreAnEitherOr, (const std::string& bytes)) {
  const std::string watched = "show " + bytes + " --watch " + bytes + " --count 1";
  for (const std::string* line : {&bytes, &watched}) {
    try {
      parse_request(*line);
    } catch (const RequestError& e) {
      RC_ASSERT(*e.what() != '\0');
    }
  }
}

}  // namespace
}  // namespace spillway
