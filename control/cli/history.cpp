#include "control/cli/history.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace spillway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestLine = 4096;

/// Others need not read what was typed.
void append(const std::string& file, const std::string& text, int flags) {
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (out < 0) return;
  [[maybe_unused]] const ssize_t n = write(out, text.data(), text.size());
  close(out);
}

}  // namespace

History::History(std::string file) : file_(std::move(file)) {
  std::error_code ignored;
  if (file_.empty()) return;
  if (fs::create_directories(fs::path(file_).parent_path(), ignored))
    fs::permissions(fs::path(file_).parent_path(), fs::perms::owner_all, ignored);
  if (!fs::is_regular_file(file_, ignored)) return;
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line.size() < kLongestLine) lines_.push_back(line);
  if (lines_.size() <= kKept) return;
  lines_.erase(lines_.begin(), lines_.end() - static_cast<std::ptrdiff_t>(kKept));
  write_all();
}

bool History::add(const std::string& line) {
  const bool blank = line.find_first_not_of(" \t") == std::string::npos;
  if (blank || (!lines_.empty() && lines_.back() == line)) return false;
  lines_.push_back(line);
  if (!file_.empty()) append(file_, line + "\n", O_APPEND);
  return true;
}

void History::write_all() const {
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  append(file_, text, O_TRUNC);
}

std::string history_file() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value != nullptr && value[0] == '/' ? value : "";
  };
  std::string state = variable("XDG_STATE_HOME");
  const std::string home = variable("HOME");
  if (state.empty() && !home.empty()) state = home + "/.local/state";
  return state.empty() ? "" : state + "/spillway/history";
}

}  // namespace spillway
