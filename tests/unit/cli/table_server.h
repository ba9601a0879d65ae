#pragma once
// A router without packets: the sample commands behind a control socket, on a thread of its own.

#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <string>
#include <thread>

#include "control/socket/command_server.h"
#include "tests/unit/commands/sample_table.h"

namespace spillway {

inline std::string fresh_path(const std::string& what) {
  static std::atomic<unsigned> next{0};
  return (std::filesystem::temp_directory_path() /
          ("spillway-" + what + "-" + std::to_string(getpid()) + "-" + std::to_string(next++)))
      .string();
}

/// Numbers without end.
class Numbers : public AnswerRest {
 public:
  bool append_to(std::string& text) override {
    text += std::to_string(++at_) + "\n";
    return true;
  }

 private:
  std::uint64_t at_ = 0;
};

class TableServer {
 public:
  TableServer()
      : server_(loop_, {.path = path, .group = {}},
                [this](const std::string& line, const Peer&) { return table_.obey(line); }) {
    table_.add({"complete", "LINE", "", [this](Arguments& arguments) {
                  return Answer{true, table_.complete(arguments.as_written())};
                }});
    table_.add({"help", "", "", [this](Arguments&) { return Answer{true, table_.help()}; }});
    table_.add({"show numbers", "", "", [](Arguments&) {
                  return Answer{true, "", std::make_unique<Numbers>()};
                }});
    table_.add({"show times", "", "how often it was asked", [this](Arguments&) {
                  return Answer{true, "asked " + std::to_string(++asked_) + "\n"};
                }});
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~TableServer() {
    loop_.stop();
    thread_.join();
  }
  TableServer(const TableServer&) = delete;
  TableServer& operator=(const TableServer&) = delete;

  const std::string path = fresh_path("table");

 private:
  CommandTable table_ = sample_table();
  unsigned asked_ = 0;
  boost::asio::io_context loop_{1};
  CommandServer server_;
  std::thread thread_;
};

}  // namespace spillway
