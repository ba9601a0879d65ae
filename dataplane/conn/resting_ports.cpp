#include "dataplane/conn/resting_ports.h"

#include <algorithm>

namespace spillway {

void RestingPorts::add(std::uint32_t reply, std::uint32_t opener, Millis now) noexcept {
  if (lines_.empty()) return;
  Line& line = line_of(reply);
  const std::size_t place = line.used % kPerLine;
  // Never back to where an unused line begins.
  line.used = line.used == 2 * kPerLine - 1 ? kPerLine : line.used + 1;
  line.reply[place] = reply;
  line.opener[place] = opener;
  line.since[place] = now;
}

bool RestingPorts::rests(std::uint32_t reply, std::uint32_t opener, Millis now) const noexcept {
  if (lines_.empty()) return false;
  const Line& line = line_of(reply);
  const std::size_t filled = std::min<std::size_t>(line.used, kPerLine);
  for (std::size_t i = 0; i < filled; ++i)
    if (line.reply[i] == reply && line.opener[i] != opener && now.since(line.since[i]) < kRestMs)
      return true;
  return false;
}

}  // namespace spillway
