// A session at a pseudo terminal.

#include "control/cli/prompt.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/eventfd.h>
#include <termios.h>

#include <future>
#include <mutex>

#include "tests/unit/cli/pseudo_terminal.h"
#include "tests/unit/cli/table_server.h"

namespace spillway {
namespace {

constexpr char kUp[] = "\x1b[A";
constexpr char kLeft[] = "\x1b[D";
constexpr char kPrompt[] = "spillway> ";

/// A prompt with somebody at it, on a thread of its own.
class Seat {
 public:
  explicit Seat(const std::string& socket, const std::string& history = "")
      : before_(settings_of()), end_(std::async(std::launch::async, [=, this] {
          Prompt prompt({.socket = socket,
                         .in = terminal.end(),
                         .out = terminal.end(),
                         .history = history,
                         .background = {bell_, [this] { return take_news(); },
                                        [this] { return over_.load(); }}});
          return prompt.run();
        })) {
    terminal.until(kPrompt);  // before that, the kernel edits the line
  }
  ~Seat() {
    send_off();
    if (end_.valid()) end_.wait();
    close(bell_);
  }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  void tell(const std::string& news) {
    {
      const std::lock_guard lock(mutex_);
      news_ += news;
    }
    ring();
  }
  void send_off() {
    over_ = true;
    ring();
  }
  /// How it ended; the terminal must be as it was then.
  Prompt::End leave() {
    EXPECT_EQ(end_.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    const Prompt::End end = end_.get();
    if (end != Prompt::End::hung_up) {
      EXPECT_EQ(settings_of(), before_);
    }
    return end;
  }

  PseudoTerminal terminal;

 private:
  tcflag_t settings_of() const {
    termios now{};
    tcgetattr(terminal.end(), &now);
    return now.c_lflag;
  }
  void ring() const { eventfd_write(bell_, 1); }
  std::string take_news() {
    eventfd_t count = 0;
    eventfd_read(bell_, &count);
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, {});
  }

  int bell_ = eventfd(0, EFD_NONBLOCK);
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::string news_;
  tcflag_t before_;
  std::future<Prompt::End> end_;
};

TEST(Prompt, ObeysShortWordsAndQuits) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("sh upl LTE\r");
  seat.terminal.until("show uplinks: LTE\nspillway> ");
  seat.terminal.type("nonsense\r");
  seat.terminal.until("unknown command \"nonsense\"; `help` lists them\nspillway> ");
  seat.terminal.type("\r  \r");
  seat.terminal.until("\nspillway>   \nspillway> ");
  seat.terminal.type(" quit \r");
  EXPECT_EQ(seat.leave(), Prompt::End::quit);
}

TEST(Prompt, LinesAreEdited) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type(std::string("show uplinks LE") + kLeft + "T\r");
  seat.terminal.until("show uplinks: LTE\n");
  seat.terminal.until(kPrompt);
  seat.terminal.type("nonsense\x03reload\r");
  const std::string shown = seat.terminal.until("reload:\n");
  EXPECT_EQ(shown.find("unknown"), std::string::npos) << "Ctrl-C gives the line up";
}

TEST(Prompt, TabCompletes) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("sho\tup\t");
  seat.terminal.until("show uplinks ");
  seat.terminal.type("\t");
  const std::string shown = seat.terminal.until("spillway> show uplinks ");
  for (const char* offer : {"ISP_1", "ISP_2", "LTE", "--json", "--watch", "[NAME] [--json]"})
    EXPECT_NE(shown.find(offer), std::string::npos) << offer;
  seat.terminal.type("I\t1\r");
  seat.terminal.until("ISP_1\nshow uplinks: ISP_1\n");
}

TEST(Prompt, AQuestionMarkTellsWhatMayFollow) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("?");
  std::string shown = seat.terminal.until("\nspillway> ");
  EXPECT_NE(shown.find("reload           read again\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("quit             leave\n"), std::string::npos) << shown;
  seat.terminal.type("sh ?");
  shown = seat.terminal.until("spillway> sh ");
  EXPECT_NE(shown.find("counters         packets\n"), std::string::npos) << shown;
  seat.terminal.type("cou\r");
  seat.terminal.until("show counters:\n");
}

TEST(Prompt, HistoryIsThereTheNextTime) {
  const TableServer router;
  const std::string file = fresh_path("history");
  {
    Seat seat(router.path, file);
    seat.terminal.type("sh upl LTE\rreload\rquit\r");
    EXPECT_EQ(seat.leave(), Prompt::End::quit);
  }
  Seat seat(router.path, file);
  seat.terminal.type(std::string(kUp) + kUp + "\r");
  seat.terminal.until("show uplinks: LTE\n");
  seat.terminal.type(std::string(kUp) + "\r");
  seat.terminal.until("show uplinks: LTE\n");
  std::filesystem::remove(file);
}

TEST(Prompt, CtrlDLeaves) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("\x04");
  EXPECT_EQ(seat.leave(), Prompt::End::quit);
}

TEST(Prompt, CtrlCEndsAnAnswerAndWhatWasTypedBehindItCounts) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("show numbers\r");
  seat.terminal.until("\n100\n");
  seat.terminal.type("nonsense\x03reload\r");
  seat.terminal.until("reload:\n");
}

TEST(Prompt, AWatchRunsUntilCtrlC) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("show times --watch 0.1\r");
  seat.terminal.until("asked 2\n");
  seat.terminal.type("\x03");
  seat.terminal.until(kPrompt);
}

TEST(Prompt, NewsLeaveTheLineAsItIs) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("relo");
  seat.terminal.until("relo");
  seat.tell("something happened\n");
  EXPECT_EQ(seat.terminal.until("something happened\n"), "something happened\n");
  seat.terminal.until("spillway> relo");
  seat.terminal.type("ad\r");
  seat.terminal.until("reload:\n");
}

TEST(Prompt, WithoutARouterItSaysSoAndGoesOn) {
  Seat seat("/nonexistent/socket");
  seat.terminal.type("sh\t reload\r");
  seat.terminal.until("no router answers at /nonexistent/socket");
  seat.terminal.until(kPrompt);
}

TEST(Prompt, HelpTellsOfItselfToo) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("help\r");
  seat.terminal.until("show counters [--json]       packets\n");
  seat.terminal.until("quit                         leave; so does Ctrl-D\n");
}

TEST(Prompt, ATerminalThatTakesNothingCanBeLeft) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.type("show numbers\r");  // and nobody reads them
  seat.send_off();
  EXPECT_EQ(seat.leave(), Prompt::End::sent_off);
}

TEST(Prompt, ATerminalThatGoesAwayEndsIt) {
  const TableServer router;
  Seat seat(router.path);
  seat.terminal.hang_up();
  EXPECT_EQ(seat.leave(), Prompt::End::hung_up);
}

TEST(Prompt, NeedsATerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_THROW(
      Prompt({.socket = "x", .in = ends[0], .out = ends[1], .history = {}, .background = {}}),
      std::runtime_error);
  close(ends[0]);
  close(ends[1]);
}

/// Whatever is typed: the line can be given up, and the next command is obeyed. (A letter ends the
/// sequence that an escape may have begun.)
RC_GTEST_PROP(PromptKeys, R44_AnyKeysAreTaken, (std::string keys)) {
  // Ctrl-D and `quit` would rightly end it, and Ctrl-S stop the terminal.
  std::erase_if(keys, [](char c) { return c == '\x04' || c == 'q' || c == '\x13'; });
  static const TableServer router;
  Seat seat(router.path);
  seat.terminal.type(keys + "xx\x03reload\r");
  seat.terminal.until("reload:\n");
}

}  // namespace
}  // namespace spillway
