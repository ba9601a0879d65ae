#pragma once
// Conversations through routers of any number of workers, drawn by chance and compared.

#include <map>
#include <random>

#include "tests/support/conversation.h"
#include "tests/support/test_cluster.h"

namespace spillway::test {

/// A router under test, with its ends of the conversations.
class Room {
 public:
  Room(unsigned workers, Card card)
      : cluster({.config = talk_config(), .workers = workers, .card = card}) {
    for (const auto& [port, address] : talk_neighbours()) cluster.learn(port, address);
  }
  Conversation& conversation(std::uint32_t number, Talk talk, IpProto proto) {
    return talks_.try_emplace(number, number, talk, proto).first->second;
  }
  void put_in(const Spoken& spoken) {
    if (spoken.port == PortIndex::kernel) {
      cluster.from_kernel(spoken.frame);
      return;
    }
    if (spoken.pieces.empty()) cluster.receive(spoken.port, spoken.frame);
    for (const auto& piece : spoken.pieces) cluster.receive(spoken.port, piece);
  }
  /// By conversation and lane, in order.
  using Heard = std::map<std::pair<std::uint32_t, Conversation::Lane>, std::vector<std::string>>;
  Heard listen() {
    Heard heard;
    for (const Sent& sent : cluster.sent()) {
      const auto number = conversation_of(sent.frame);
      if (!number) continue;
      const auto [lane, text] = talks_.at(*number).heard(sent);
      heard[{*number, lane}].push_back(text);
    }
    return heard;
  }

  TestCluster cluster;

 private:
  std::map<std::uint32_t, Conversation> talks_;
};

enum class Action : std::uint8_t { ask, answer, complain };

struct Choice {
  std::uint32_t number;
  Talk talk;
  IpProto proto;
  Action action;
  std::size_t bytes;
};

/// Draws what happens next; the same for every router.
class Chance {
 public:
  /// `plain`: neither fragments nor errors.
  explicit Chance(std::vector<Talk> talks, bool plain = false)
      : talks_(std::move(talks)), plain_(plain) {}

  Choice next() {
    if (made_.empty() || random_() % 3 == 0) made_.push_back(begin());
    Choice choice = made_[made_.size() - 1 - random_() % std::min<std::size_t>(made_.size(), 40)];
    constexpr Action ask = Action::ask, answer = Action::answer;
    constexpr Action often[] = {ask, ask, ask, ask, answer, answer, answer, Action::complain};
    choice.action = often[random_() % (std::size(often) - plain_)];
    const bool long_one = !plain_ && choice.proto == IpProto::udp && random_() % 10 == 0;
    choice.bytes = long_one ? 4000 : 16 + random_() % 200;
    return choice;
  }
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

 private:
  Choice begin() {
    const auto number = static_cast<std::uint32_t>(made_.size());
    const Talk talk = talks_[random_() % talks_.size()];
    constexpr IpProto protos[] = {IpProto::tcp, IpProto::udp, IpProto::icmp};
    const bool with_ports = talk == Talk::hairpin || talk == Talk::wan_to_forward;
    return {number, talk, protos[random_() % (with_ports ? 2 : 3)], Action::ask, 0};
  }

  std::vector<Talk> talks_;
  bool plain_;
  std::vector<Choice> made_;
  std::mt19937_64 random_{20240607};
};

inline std::vector<Talk> all_talks() {
  std::vector<Talk> all;
  for (std::size_t i = 0; i < kTalks; ++i) all.push_back(static_cast<Talk>(i));
  return all;
}

/// What a choice comes to at one router; whether anything was said.
inline bool act(Room& room, const Choice& choice) {
  Conversation& c = room.conversation(choice.number, choice.talk, choice.proto);
  std::optional<Spoken> spoken;
  if (choice.action == Action::ask) spoken = c.ask(choice.bytes);
  if (choice.action == Action::answer) spoken = c.answer(choice.bytes);
  if (choice.action == Action::complain) spoken = c.complain();
  if (spoken) room.put_in(*spoken);
  return spoken.has_value();
}

}  // namespace spillway::test
