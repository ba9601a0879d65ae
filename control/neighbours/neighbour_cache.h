#pragma once
// Who is where on the links: ARP of the router's ports (RFC 826, RFC 1122 2.3.2, RFC 5227). A state
// machine without clock or sockets: facts in, frames and notes out.

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "control/neighbours/arp_packet.h"
#include "dataplane/clock.h"
#include "dataplane/path/control_ring.h"
#include "dataplane/port_index.h"
#include "dataplane/token_bucket.h"

namespace spillway {

/// What a port is to ARP: the router's addresses there.
struct ArpPort {
  MacAddr mac;
  Ipv4Interface interface;
};

/// A frame to be sent by `port`.
struct ArpFrame {
  PortIndex port = PortIndex::none;
  MacAddr to;
  ArpPacket packet;
};

/// Somebody else uses the router's own address on `port`.
struct AddressConflict {
  PortIndex port = PortIndex::none;
  MacAddr other;
};

/// Replies count only where a question is open; hosts that ask for the router are learned, a few a
/// second; a change that nobody asked for is verified by a question (R41). Entries are refreshed
/// before they end, so that traffic never waits for a host that is there. Thread contract: one
/// thread.
class NeighbourCache {
 public:
  enum class State : std::uint8_t {
    incomplete,  ///< asked for, no answer yet
    reachable,
    probing,  ///< still used, being asked again
  };
  struct Entry {
    PortIndex port = PortIndex::none;
    Ipv4Addr address;
    MacAddr mac;
    State state = State::incomplete;
    bool kept = false;  ///< a gateway: looked for without end
    bool lost = false;  ///< kept, and the workers have been told that it is gone
    unsigned tries = 0;
    TimePoint due;  ///< when the next question is to be sent
    TimePoint confirmed;
  };

  explicit NeighbourCache(std::size_t capacity = 4096);

  void set_port(PortIndex port, const ArpPort& facts);
  /// Looks for `address` without end, and closely.
  void keep(TimePoint now, PortIndex port, Ipv4Addr address);
  /// Tells the link the router's own address there (RFC 5227 2.3).
  void announce(PortIndex port);

  void heard(TimePoint now, PortIndex port, const ArpPacket& packet);
  /// A worker has packets for this host.
  void wanted(TimePoint now, PortIndex port, Ipv4Addr address);
  /// Sends what is due and gives up what has not answered; call about every 50 ms.
  void tick(TimePoint now);

  /// The entry for `address` on `port`, or null.
  const Entry* find(PortIndex port, Ipv4Addr address) const;
  std::vector<Entry> entries() const;
  std::size_t size() const noexcept { return entries_.size(); }

  // What has come out since the last call.
  std::vector<ArpFrame> take_frames();
  std::vector<NeighbourNote> take_notes();
  std::vector<AddressConflict> take_conflicts();

 private:
  using Key = std::uint64_t;
  struct Port {
    ArpPort facts;
    bool used = false;
    TokenBucket learning{100, 256};
    TokenBucket defending{1, 1};
  };

  static Key key_of(PortIndex port, Ipv4Addr address) noexcept;
  Entry* find_mutable(PortIndex port, Ipv4Addr address);
  Entry& add(TimePoint now, PortIndex port, Ipv4Addr address);
  void make_room();
  void ask(TimePoint now, Entry& entry);
  void confirm(TimePoint now, Entry& entry, const MacAddr& mac);
  void verify(TimePoint now, Entry& entry);
  bool advance(TimePoint now, Entry& entry);
  void answer(PortIndex port, const ArpPacket& question);
  void learn(TimePoint now, PortIndex port, const ArpPacket& question);
  void defend(TimePoint now, PortIndex port, const ArpPacket& packet);
  void note(const Entry& entry, NeighbourNote::Kind kind);

  std::size_t capacity_;
  std::array<Port, kMaxPorts> ports_{};
  std::map<Key, Entry> entries_;  ///< ordered, so that what comes out does not depend on hashes
  std::vector<ArpFrame> frames_;
  std::vector<NeighbourNote> notes_;
  std::vector<AddressConflict> conflicts_;
};

}  // namespace spillway
