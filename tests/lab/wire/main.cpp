// lab-wire: a cable with faults between two Linux interfaces. This kernel family often lacks netem
// and 802.1Q, and a packet socket is all that this needs.
// Exit codes: 0 stopped by a signal; 2 usage, or a machine on which it cannot run.

#include <algorithm>
#include <exception>
#include <iostream>
#include <optional>

#include "tests/lab/wire/command.h"
#include "tests/lab/wire/control_socket.h"
#include "tests/lab/wire/event_loop.h"
#include "tests/lab/wire/options.h"

namespace spillway::wire {
namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

void receive(Way& way) {
  for (const Bytes frame : way.from.receive()) way.frames.offer(frame, now());
}

void deliver(Way& way) {
  for (;;) {
    const std::vector<Bytes>& due = way.frames.take_due(now(), PacketPort::kBatch);
    if (due.empty()) return;
    const std::size_t sent = way.to.send(due);
    way.frames.counters.sent += sent;
    way.frames.counters.unsendable += due.size() - sent;
  }
}

std::optional<TimePoint> earlier(std::optional<TimePoint> a, std::optional<TimePoint> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

void run(const Options& options) {
  PacketPort a(options.a, options.vlan_a);
  PacketPort b(options.b, std::nullopt);
  Way ab(a, b, options.seed);
  Way ba(b, a, options.seed + 1);
  ab.frames.settings = options.ab;
  ba.frames.settings = options.ba;
  EventLoop loop;
  loop.watch(a.descriptor());
  loop.watch(b.descriptor());
  std::optional<ControlSocket> control;
  if (!options.control.empty()) loop.watch(control.emplace(options.control).descriptor());
  while (loop.wait(earlier(ab.frames.next_due(), ba.frames.next_due()))) {
    if (control) control->serve([&](const std::string& line) { return obey(line, ab, ba); });
    receive(ab);
    deliver(ab);
    receive(ba);
    deliver(ba);
  }
}

}  // namespace
}  // namespace spillway::wire

int main(int argc, char** argv) {
  using namespace spillway::wire;
  constexpr int kUsage = 2;
  try {
    const Options options = parse_options({argv + 1, argv + argc});
    if (options.help) {
      std::cout << help_text();
      return 0;
    }
    run(options);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "lab-wire: " << e.what() << "\n";
    return kUsage;
  }
}
