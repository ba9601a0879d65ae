#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "control/connections/best_rows.h"
#include "control/connections/connection_formats.h"
#include "control/connections/patience.h"
#include "control/connections/row_source.h"
#include "control/socket/answer.h"

namespace spillway {

/// How a list is to look.
struct ListOptions {
  static constexpr std::size_t kUsualSorted = 50;     ///< rows, where nobody says
  static constexpr std::size_t kMostSorted = 10'000;  ///< what is kept in memory

  ConnectionFormat format = ConnectionFormat::table;
  std::optional<SortKey> sort;
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

/// `show connections`: rows as they come in, or the first ones by a key when all have. Thread
/// contract: control only.
class ConnectionList final : public AnswerRest {
 public:
  /// `config` must outlive it.
  ConnectionList(std::unique_ptr<RowSource> rows, const ListOptions& options,
                 std::shared_ptr<const config::Config> config, Now now);

  bool append_to(std::string& text) override;

 private:
  static constexpr std::size_t kAtOnce = 64;
  /// Looked at in one go while nothing is written yet.
  static constexpr std::size_t kMostAtOnce = 1024;

  bool read(std::string& text);
  void accept(std::string& text, const ConnectionRow& row);
  bool write_sorted(std::string& text);
  bool finish(std::string& text);

  std::unique_ptr<RowSource> rows_;
  ListOptions options_;
  std::shared_ptr<const config::Config> config_;
  ConnectionPrinter printer_;
  Patience patience_;
  std::optional<BestRows> best_;
  std::vector<ConnectionRow> sorted_;  ///< still to be written, the next one last
  ConnectionsShown said_;
  bool begun_ = false;
  bool read_ = false;
};

}  // namespace spillway
