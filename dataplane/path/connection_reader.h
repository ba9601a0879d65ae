#pragma once

#include <array>
#include <cstdint>

#include "dataplane/path/control_ring.h"
#include "dataplane/path/pipeline.h"

namespace spillway {

/// Answers questions about connections, and clears some, beside the worker's work. Thread contract:
/// worker only.
class ConnectionReader {
 public:
  explicit ConnectionReader(const QueryRings& rings) noexcept : rings_(rings) {}

  /// Whether there is a question to be answered, or one has come in.
  bool is_asked() const noexcept;

  /// Looks at no more than `budget` places of the table for each question that is open. True when
  /// it ended connections: what is said to hosts is in the pipeline's `tx()` then.
  bool step(Pipeline& pipeline, const Timeouts& timeouts, std::uint32_t budget) noexcept;

 private:
  struct Asker {
    ConnectionQuery query;
    std::uint32_t at = kDone;  ///< the next place to look at
    std::uint64_t matched = 0;
  };
  struct Moment {
    Pipeline& pipeline;
    const ConnectionTable& table;
    Millis now;
    const Timeouts& timeouts;
  };

  void take_questions() noexcept;
  void go_on(Asker& asker, const Moment& moment, std::uint32_t budget) noexcept;
  bool look_at(Asker& asker, const Moment& moment, ConnIndex index) noexcept;
  void find(Asker& asker, const Moment& moment) noexcept;
  bool tell(const Asker& asker, const ConnectionRow& row) noexcept;

  static constexpr std::uint32_t kDone = 0xffffffff;

  QueryRings rings_;
  std::array<Asker, kAskers> askers_;
  std::uint32_t open_ = 0;  ///< questions
  bool ended_ = false;      ///< a connection, in this step
};

}  // namespace spillway
