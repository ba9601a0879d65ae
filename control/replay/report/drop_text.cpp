#include "control/replay/report/drop_text.h"

#include "dataplane/drop_reason.h"

namespace spillway::replay {

std::string_view drop_meaning(const std::string& reason) {
  for (const DropReasonText& text : kDropReasonTexts)
    if (text.name == reason) return text.meaning;
  return {};
}

std::string_view skip_meaning(const std::string& reason) {
  if (reason == "snap_cut_headers") return "the snap length cut its headers";
  if (reason == "lan_prefix_full") return "no address left in the configured LAN for its host";
  if (reason == "late_reply_tuple_reused")
    return "came after its connection ended, when another one had its port";
  if (reason == "inbound_tuple_in_use")
    return "unasked from outside to a port that a living connection has";
  return {};
}

}  // namespace spillway::replay
