#pragma once
// Questions about connections to all workers, and their answers put together.

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "control/connections/row_source.h"
#include "control/router/worker_link.h"
#include "dataplane/path/connection_query.h"

namespace spillway {

class SurveyDesk;

/// One question under way. Whoever asked takes rows at his own pace: workers wait for him, and
/// nobody else does. Ends the question when it ends. Thread contract: control only.
class Survey final : public RowSource {
 public:
  ~Survey() override;

  std::size_t take(std::span<ConnectionRow> room) override;
  bool done() const noexcept override { return answers_ == links_.size(); }
  std::uint64_t matched() const noexcept override { return matched_; }

 private:
  friend class SurveyDesk;
  Survey(SurveyDesk& desk, std::span<const std::unique_ptr<WorkerLink>> links,
         const ConnectionQuery& query);

  SurveyDesk* desk_;  ///< null: it has ended, and its workers with it
  std::span<const std::unique_ptr<WorkerLink>> links_;
  ConnectionQuery query_;
  std::size_t next_link_ = 0;  ///< where to go on, so that no worker is forgotten
  std::size_t answers_ = 0;    ///< workers that are through
  std::uint64_t matched_ = 0;
};

/// Hands out the few places that workers answer at. A survey that outlives it hears no more. Thread
/// contract: control only.
class SurveyDesk {
 public:
  explicit SurveyDesk(std::span<const std::unique_ptr<WorkerLink>> links) : links_(links) {}
  ~SurveyDesk();
  SurveyDesk(const SurveyDesk&) = delete;
  SurveyDesk& operator=(const SurveyDesk&) = delete;

  /// Asks every worker; null when all places are taken, or a worker's ring is full.
  std::unique_ptr<Survey> open(ConnectionQuery query);

 private:
  friend class Survey;

  std::span<const std::unique_ptr<WorkerLink>> links_;
  std::array<Survey*, kAskers> open_{};  ///< by place; null: it is free
  std::uint32_t serial_ = 0;
};

}  // namespace spillway
