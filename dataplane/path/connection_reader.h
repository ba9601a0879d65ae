#pragma once

#include <array>
#include <cstdint>

#include "dataplane/conn/connection_table.h"
#include "dataplane/path/control_ring.h"

namespace spillway {

/// Answers questions about a table beside the worker's work. Thread contract: worker only.
class ConnectionReader {
 public:
  explicit ConnectionReader(const QueryRings& rings) noexcept : rings_(rings) {}

  /// Whether there is a question to be answered, or one has come in.
  bool is_asked() const noexcept;

  /// Looks at no more than `budget` places of the table for each question that is open.
  void step(const ConnectionTable& table, Millis now, const Timeouts& timeouts,
            std::uint32_t budget) noexcept;

 private:
  struct Asker {
    ConnectionQuery query;
    std::uint32_t at = kDone;  ///< the next place to look at
    std::uint64_t matched = 0;
  };
  struct Moment {
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
};

}  // namespace spillway
