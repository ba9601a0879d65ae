#include "control/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "control/cpus.h"
#include "control/hugepages.h"
#include "control/log/log.h"
#include "control/machine.h"

namespace spillway {
namespace {

bool is_short(const std::string& option) {
  return option.size() == 2;
}

bool starts_with(const std::string& text, const std::string& with) {
  return text.rfind(with, 0) == 0;
}

/// `-m 64`, `-m64`, `--huge-dir x`, `--huge-dir=x`
bool names(const std::vector<std::string>& arguments, const std::string& option) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& a) {
    return a == option || starts_with(a, is_short(option) ? option : option + "=");
  });
}

bool chooses_hugepages(const std::vector<std::string>& arguments) {
  return (names(arguments, "--in-memory") || names(arguments, "--huge-dir")) &&
         !names(arguments, "--no-huge");
}

bool chooses_memory(const std::vector<std::string>& arguments) {
  return chooses_hugepages(arguments) || names(arguments, "--no-huge");
}

/// Whether `extra` lets the EAL have this card, with arguments of its own perhaps: it keeps to the
/// first that it is told.
bool allows(const std::vector<std::string>& extra, const std::string& card) {
  const std::string address = card.substr(0, card.find(','));
  for (std::size_t i = 0; i < extra.size(); ++i) {
    const bool apart = extra[i] == "-a" || extra[i] == "--allow";
    if (apart && i + 1 < extra.size() && starts_with(extra[i + 1], address)) return true;
    if (starts_with(extra[i], "-a" + address) || starts_with(extra[i], "--allow=" + address))
      return true;
  }
  return false;
}

std::vector<std::string> card_arguments(const EalNeeds& needs,
                                        const std::vector<std::string>& extra) {
  if (needs.cards.empty()) return {"--no-pci"};
  std::vector<std::string> all;
  for (const std::string& card : needs.cards)
    if (!allows(extra, card)) all.insert(all.end(), {"-a", card});
  return all;
}

/// "100,800"
std::string node_memory(const std::vector<std::size_t>& mib) {
  std::string text;
  for (const std::size_t each : mib) text += (text.empty() ? "" : ",") + std::to_string(each);
  return text;
}

/// Empties the wish for memory on certain nodes when one of them has too little; says which one.
std::string poor_node(EalNeeds& needs) {
  for (std::size_t node = 0; node < needs.node_mib.size(); ++node) {
    const std::size_t free = free_huge_mib(static_cast<int>(node));
    if (free >= needs.node_mib[node]) continue;
    std::string text = ", but node " + std::to_string(node) + " has " + std::to_string(free) +
                       " MiB of the " + std::to_string(needs.node_mib[node]) +
                       " MiB that its workers would like";
    needs.node_mib.clear();
    return text;
  }
  return {};
}

void refuse_ordinary_pages(const EalNeeds& needs, const HugepageChoice& choice,
                           const std::vector<std::string>& extra) {
  const std::string what = needs.hugepage_user + ", for which the router needs hugepages: ";
  if (names(extra, "--no-huge")) throw std::runtime_error(what + "leave out --no-huge");
  throw std::runtime_error(what + choice.missing + ". On vfio-pci it does without");
}

[[noreturn]] void fail(const std::vector<std::string>& all, int error) {
  if (access("/sys/devices/system/cpu/cpu0", F_OK) != 0)
    throw std::runtime_error(
        "DPDK's EAL does not start: it finds the CPUs in /sys, which is not mounted here "
        "(mount -t sysfs sysfs /sys)");
  const std::string reason = first_dpdk_error();
  std::string line;
  for (const std::string& argument : all) line += " " + argument;
  throw std::runtime_error("DPDK's EAL does not start (" +
                           (reason.empty() ? rte_strerror(error) : reason) + ") with:" + line);
}

}  // namespace

std::vector<std::string> eal_arguments(const EalNeeds& needs, bool hugepages,
                                       const std::vector<std::string>& extra) {
  std::vector<std::string> all = {"spillway"};
  if (!needs.telemetry)
    all.emplace_back("--no-telemetry");
  else if (!names(extra, "--file-prefix"))
    all.emplace_back("--file-prefix=spillway");  // the folder in which programs find the socket
  const std::vector<std::string> cards = card_arguments(needs, extra);
  all.insert(all.end(), cards.begin(), cards.end());
  if (hugepages)
    all.emplace_back("--in-memory");
  else if (!chooses_memory(extra))
    all.insert(all.end(), {"--no-huge", "--no-shconf"});
  if (!names(extra, "-m") && !names(extra, "--socket-mem")) {
    const std::string on_nodes = hugepages ? node_memory(needs.node_mib) : "";
    if (on_nodes.empty())
      all.insert(all.end(), {"-m", std::to_string(needs.memory_mib)});
    else
      all.push_back("--socket-mem=" + on_nodes);
  }
  if (!names(extra, "-l") && !names(extra, "--lcores"))
    all.push_back("--lcores=" + (needs.lcores.empty()
                                     ? "0@" + std::to_string(allowed_cpus().front())
                                     : needs.lcores));
  if (!names(extra, "--log-level")) all.emplace_back("--log-level=error");
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

Eal::Eal(EalNeeds needs, const std::vector<std::string>& extra) {
  const HugepageChoice choice = choose_pages(needs.memory_mib);
  const bool huge = needs.hugepages && choice.enough && !chooses_memory(extra);
  if (!needs.hugepage_user.empty() && !huge && !chooses_hugepages(extra))
    refuse_ordinary_pages(needs, choice, extra);
  memory_ = chooses_memory(extra) ? "memory as named after --" : choice.text;
  if (huge) memory_ += poor_node(needs);
  std::vector<std::string> all = eal_arguments(needs, huge, extra);
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  if (rte_eal_init(static_cast<int>(pointers.size()), pointers.data()) < 0) fail(all, rte_errno);
}

Eal::~Eal() {
  rte_eal_cleanup();
}

}  // namespace spillway
