#pragma once
// Conversations that can be held through any router: what is said does not depend on the ports it
// chose, and what comes out is described so that two routers can be compared.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fate.h"
#include "tests/support/frames.h"
#include "tests/support/seed.h"

namespace spillway::test {

/// Who speaks first, and to whom.
enum class Talk : std::uint8_t {
  lan_to_wan,
  lan_to_lan,
  lan_to_router,
  hairpin,  ///< LAN to a forwarded port, by the public address
  wan_to_forward,
  wan_to_router,
  router_to_wan,
  router_to_lan,
};
inline constexpr std::size_t kTalks = 8;

/// One frame on its way into a router.
struct Spoken {
  PortIndex port = PortIndex::none;  ///< PortIndex::kernel: the router's own Linux says it
  std::vector<std::uint8_t> frame;
  std::vector<std::vector<std::uint8_t>> pieces;  ///< instead of `frame`: fragments of it
};

/// What two ends say to each other. The same number says the same, whatever router is between.
class Conversation {
 public:
  Conversation(std::uint32_t number, Talk talk, IpProto proto);

  /// The next that the opener says.
  Spoken ask(std::size_t bytes);
  /// The next that the other end says to what came out last; nothing when nothing has.
  std::optional<Spoken> answer(std::size_t bytes);
  /// A router on the way complains about what came out last.
  std::optional<Spoken> complain() const;

  /// Takes note of a frame that belongs to it; how it is to be compared. Only within a lane the
  /// order counts: between packets and errors, or datagrams that came in pieces, there is none.
  enum class Lane : std::uint8_t { question, answer, in_pieces, error };
  struct Heard {
    Lane lane;
    std::string text;
  };
  Heard heard(const Sent& sent);

  std::uint32_t number() const { return number_; }

 private:
  FrameSpec opening() const;
  Spoken say(FrameSpec spec, PortIndex port, std::size_t bytes, bool original);

  std::uint32_t number_;
  Talk talk_;
  IpProto proto_;
  std::uint32_t said_ = 0;
  std::optional<Sent> asked_;  ///< the opener's last, as it came out
};

/// Which conversation a frame belongs to, if to any: by a mark in its payload, also when it is
/// embedded in an ICMP error.
std::optional<std::uint32_t> conversation_of(const std::vector<std::uint8_t>& frame);

/// The seed's network with a second LAN, forwarded ports and services of its own.
ConfigSnapshot talk_config();
std::vector<std::pair<PortIndex, Ipv4Addr>> talk_neighbours();

}  // namespace spillway::test
