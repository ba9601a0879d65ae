#include "control/log/log.h"

#include <rte_log.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <iostream>
#include <mutex>
#include <string_view>
#include <utility>

#include "control/log/journal.h"

namespace spillway {
namespace {

std::mutex g_first_mutex;  // DPDK logs from its own threads too
std::string g_first_error;

/// One write of DPDK's: usually a whole message, with its line end.
ssize_t take_message(void*, const char* text, std::size_t size) {
  std::string_view message(text, size);
  while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
  if (message.empty()) return static_cast<ssize_t>(size);
  const bool error = rte_log_cur_msg_loglevel() <= static_cast<int>(RTE_LOG_ERR);
  spdlog::log(error ? spdlog::level::debug : spdlog::level::trace, "dpdk: {}", message);
  if (error) {
    const std::lock_guard lock(g_first_mutex);
    if (g_first_error.empty()) g_first_error = message;
  }
  return static_cast<ssize_t>(size);
}

void start(const std::shared_ptr<spdlog::logger>& logger) {
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  if (leads_to_journal()) logger->set_formatter(std::make_unique<JournalFormatter>());
  spdlog::set_default_logger(logger);
  cookie_io_functions_t functions{};
  functions.write = take_message;
  std::FILE* stream = fopencookie(nullptr, "w", functions);
  if (stream == nullptr) return;
  std::setvbuf(stream, nullptr, _IOLBF, 0);
  rte_openlog_stream(stream);
}

}  // namespace

void start_log() {
  start(spdlog::stderr_color_mt("spillway"));
}

void start_log(std::shared_ptr<TerminalLog> terminal) {
  start(std::make_shared<spdlog::logger>("spillway", std::move(terminal)));
}

void set_log_level(const std::string& level) {
  spdlog::set_level(spdlog::level::from_str(level));
}

void complain(const std::string& text) {
  std::cerr << (leads_to_journal() ? journal_lines(spdlog::level::err, text) : text) << std::endl;
}

std::string first_dpdk_error() {
  const std::lock_guard lock(g_first_mutex);
  return std::exchange(g_first_error, {});
}

}  // namespace spillway
