#include "control/log/journal.h"

#include <sys/stat.h>
#include <sys/syslog.h>
#include <unistd.h>

#include <cstdlib>

namespace spillway {
namespace {

int priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return LOG_CRIT;
    case spdlog::level::err:
      return LOG_ERR;
    case spdlog::level::warn:
      return LOG_WARNING;
    case spdlog::level::info:
      return LOG_INFO;
    default:
      return LOG_DEBUG;
  }
}

}  // namespace

bool leads_to_journal() {
  const char* named = std::getenv("JOURNAL_STREAM");
  struct stat file {};
  if (named == nullptr || fstat(STDERR_FILENO, &file) != 0) return false;
  return std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino) == named;
}

std::string journal_lines(spdlog::level::level_enum level, std::string_view text) {
  const std::string prefix = "<" + std::to_string(priority_of(level)) + ">";
  std::string lines = prefix;
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines += prefix;
  }
  return lines;
}

void JournalFormatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) {
  const std::string_view text(message.payload.data(), message.payload.size());
  const std::string lines = journal_lines(message.level, text) + "\n";
  out.append(lines.data(), lines.data() + lines.size());
}

std::unique_ptr<spdlog::formatter> JournalFormatter::clone() const {
  return std::make_unique<JournalFormatter>();
}

}  // namespace spillway
