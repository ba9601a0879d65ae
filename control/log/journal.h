#pragma once
// Lines as the systemd journal reads them from a program's standard error: each with its priority
// in front (sd-daemon(3)), without a time of its own.

#include <spdlog/formatter.h>

#include <memory>
#include <string>
#include <string_view>

namespace spillway {

/// Whether standard error leads to the journal: JOURNAL_STREAM names its device and inode
/// (systemd.exec(5)). Thread contract: any.
bool leads_to_journal();

/// "<3>text" for an error; every line of a text gets the prefix, since the journal reads by lines.
std::string journal_lines(spdlog::level::level_enum level, std::string_view text);

/// Thread contract: as spdlog wants it.
class JournalFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override;
  std::unique_ptr<spdlog::formatter> clone() const override;
};

}  // namespace spillway
