// What happens when an uplink fails or comes back, and hooks.

#include "control/config/parts.h"
#include "control/config/words.h"

namespace spillway::config {
namespace {

/// Kinds of events that a hook can wait for.
const Words<std::string_view> kHookable = {
    {"start", "start"},       {"switch", "switch"},     {"health", "health"},
    {"monitor", "monitor"},   {"overload", "overload"}, {"failover", "failover"},
    {"failback", "failback"}, {"link", "link"},         {"conflict", "conflict"},
    {"config", "config"},     {"stall", "stall"},       {"trouble", "trouble"}};

Hook read_hook(Section& section) {
  Hook hook;
  hook.where = section.where();
  section.require("on", "the kind of an event");
  hook.on = section.choice("on", kHookable).value_or("");
  hook.subject = section.text("subject").value_or("");
  section.require("command", "a command for /bin/sh");
  hook.command = section.text("command").value_or("");
  if (const auto ms = section.integer("timeout_ms", 100, 600000))
    hook.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
  return hook;
}

}  // namespace

void read_failure(Section& root, Config& config) {
  root.group("failure", [&](Section& section) {
    FailurePolicy& failure = config.failure;
    failure.on_failure = section.choice("connections", kOnFailures).value_or(failure.on_failure);
    failure.failback = section.choice("failback", kFailbacks).value_or(failure.failback);
    if (const auto s = section.integer("drain_s", 1, 86400))
      failure.drain = std::chrono::seconds(static_cast<std::int64_t>(*s));
  });
}

void read_hooks(Section& root, Config& config) {
  root.each_group("hooks", [&](Section& section) { config.hooks.push_back(read_hook(section)); });
}

}  // namespace spillway::config
