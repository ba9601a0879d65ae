#pragma once
// The wire's commands, one line each: `delay 20`, `ab loss 3`, `cut`, `join`, `reset`, `counters`.

#include <string>

#include "tests/lab/wire/direction.h"
#include "tests/lab/wire/packet_port.h"

namespace spillway::wire {

/// From one interface to the other.
struct Way {
  Way(PacketPort& in, PacketPort& out, std::uint64_t seed) : from(in), to(out), frames(seed) {}

  PacketPort& from;
  PacketPort& to;
  Direction frames;
};

/// Which directions a word names: `ab-delay` on the command line, `ab delay` in a command.
struct Scope {
  bool ab = true;
  bool ba = true;
};

/// Takes a direction off the front of `word` when `separator` stands behind it.
Scope take_scope(std::string& word, char separator);

/// Obeys one line and returns the answer: `ok`, the counters as JSON, or `error: ...`.
std::string obey(const std::string& line, Way& ab, Way& ba);

}  // namespace spillway::wire
