// Questions about connections beside traffic: answered, and not at its cost.

#include <gtest/gtest.h>

#include "control/router/survey.h"
#include "tests/support/frames.h"
#include "tests/support/test_worker.h"

namespace spillway::test {
namespace {

TEST(AnswerPace, WhilePacketsComeFewPlacesAreLookedAtAndAllInTheEnd) {
  std::array<std::unique_ptr<WorkerLink>, 1> links{std::make_unique<WorkerLink>(90)};
  TestWorker::Options options{.config = seed_config(), .queries = links[0]->ends().queries};
  options.connections = 64;
  TestWorker router(std::move(options));
  router.add_usual_ports();
  SurveyDesk desk(links);
  const auto survey = desk.open({});
  std::array<ConnectionRow, 64> room;
  std::size_t rows = 0;
  unsigned packets = 0;
  while (!survey->done() && packets < 100'000) {
    for (unsigned i = 0; i < 16; ++i, ++packets) router.receive(router.device(0), build_frame({}));
    router.poll();
    router.sent(router.device(1));
    rows += survey->take(room);
  }
  EXPECT_TRUE(survey->done()) << "never an iteration without packets";
  EXPECT_EQ(rows, 1u);
  EXPECT_EQ(packets, 64 / Worker::kAnswerBudget * Worker::kPacketsPerAnswer);
}

}  // namespace
}  // namespace spillway::test
