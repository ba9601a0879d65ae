#include "control/ports/claimed_cards.h"

#include <algorithm>
#include <stdexcept>

#include "control/config/port_name.h"
#include "control/ports/port_error.h"

namespace spillway {

ClaimedCards::ClaimedCards(const config::Config& config, const Places& places) {
  const auto claim_port = [&](const auto& side) { claim(side.where, side.port, places); };
  std::for_each(config.lans.begin(), config.lans.end(), claim_port);
  std::for_each(config.uplinks.begin(), config.uplinks.end(), claim_port);
}

void ClaimedCards::claim(const config::Location& where, const std::string& port,
                         const Places& places) {
  const auto name = config::parse_port_name(port);
  if (!name || name->kind != config::PortName::Kind::pci) return;
  const auto is_this = [&](const std::string& other) { return config::same_port(other, port); };
  if (std::any_of(ports_.begin(), ports_.end(), is_this)) return;
  const PciCard card(name->device, places.devices);
  if (const std::string what = card.obstacle(); !what.empty()) throw port_error(where, port, what);
  try {
    locks_.emplace_back(name->device, places.locks);
  } catch (const std::runtime_error& e) {
    throw port_error(where, port, e.what());
  }
  ports_.push_back(port);
  devices_.push_back(name->device + (name->arguments.empty() ? "" : "," + name->arguments));
  if (hugepage_user_.empty() && card.needs_hugepages())
    hugepage_user_ = port_error(where, port, "is bound to " + card.driver()).what();
}

}  // namespace spillway
