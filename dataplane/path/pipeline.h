#pragma once
// The way of a packet through one worker.

#include <array>
#include <cstdint>
#include <memory>

#include "dataplane/clock.h"
#include "dataplane/conn/connection_table.h"
#include "dataplane/net/icmp_error.h"
#include "dataplane/path/burst.h"
#include "dataplane/path/config_snapshot.h"
#include "dataplane/path/connection_order.h"
#include "dataplane/path/control_ring.h"
#include "dataplane/path/counters.h"
#include "dataplane/path/fragments.h"
#include "dataplane/path/handoff.h"
#include "dataplane/path/host_counts.h"
#include "dataplane/path/neighbour_table.h"
#include "dataplane/path/owner.h"
#include "dataplane/path/pending_packets.h"
#include "dataplane/path/placement.h"
#include "dataplane/path/tx_buffers.h"
#include "dataplane/token_bucket.h"
#include "dataplane/wan/active_word.h"
#include "dataplane/wan/placement_budget.h"

struct rte_mbuf;

namespace spillway {

/// What a port is to the pipeline.
struct PipelinePort {
  Zone zone = Zone::lan;
  MacAddr mac;
  std::uint16_t mtu = 1500;
  bool companion = false;  ///< Linux listens there too: frames to groups are for it
  bool sorted = true;      ///< its card gives each worker the packets of its own connections
};

/// Settings that last as long as the worker.
struct PipelineSettings {
  ConnectionTable::Settings table;
  std::size_t neighbours = 4096;
  bool makes_room = true;           ///< a full table gives up what nobody has answered (R40)
  HostCountGroup* hosts = nullptr;  ///< of all workers (R06); null: no caps
  ControlRings rings;               ///< null where nothing listens
  bool tell_senders = true;         ///< ICMP errors; a replay has no hosts that could hear them
  /// For fragments (R24): buffers of fragments cut on the way out; null: fragments are dropped.
  rte_mempool* fragment_headers = nullptr;
  rte_mempool* fragment_bodies = nullptr;
  AffinityTable* affinity = nullptr;  ///< shared by all workers; null: no host is kept together
  rte_mempool* packets = nullptr;     ///< for what the worker itself sends: resets; null: none
  /// Where there are several workers; null where there is but one.
  const OwnerMap* owners = nullptr;
  Handoff* handoff = nullptr;
  unsigned self = 0;  ///< this worker's number
};

/// How many ICMP errors the router sends (RFC 1812 4.3.2.8).
inline constexpr std::uint32_t kIcmpErrorsPerSecond = 1000;
inline constexpr std::uint32_t kIcmpErrorsAtOnce = 100;
/// How much ARP of one port the control core gets to see: more than a full /21 asks for.
inline constexpr std::uint32_t kArpPerSecond = 2000;
inline constexpr std::uint32_t kArpAtOnce = 256;

/// How fast the hosts of a dead uplink are told (R35): a school full of them shall not be flooded.
inline constexpr std::uint32_t kResetsPerSecond = 50000;
inline constexpr std::uint32_t kResetsAtOnce = 512;

struct ArpBudget : TokenBucket {
  constexpr ArpBudget() noexcept : TokenBucket(kArpPerSecond, kArpAtOnce) {}
};

/// Thread contract: one worker, but for the counters. Everything is noexcept and allocation-free
/// after construction; construction may throw std::runtime_error.
class Pipeline {
 public:
  explicit Pipeline(const PipelineSettings& settings);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void set_port(PortIndex port, const PipelinePort& facts) noexcept;

  /// What the next bursts see: time, the configuration and the active word of this iteration.
  void begin(TimePoint now, const ConfigSnapshot& config, const ActiveCell& active) noexcept;

  /// Forwards, punts, drops or hands over each packet of `burst`; what leaves is in `tx()`.
  /// `Origin::worker`: another worker has received and counted them, and they stay here.
  enum class Origin : std::uint8_t { port, worker };
  void process(Burst& burst, Origin origin = Origin::port) noexcept;

  /// Of how many bursts one is looked at closely (stage_clocks.h).
  static constexpr std::uint32_t kStagedOneIn = 1024;

  /// Ends at most `budget` connections that have timed out.
  void expire(std::uint32_t budget) noexcept;

  /// Takes an order over connections, when no other one is being carried out.
  void take(const ConnectionOrder& order) noexcept;
  bool is_sweeping() const noexcept { return sweep_at_ != kNoSweep; }
  /// Carries out what was ordered, looking at no more than `budget` places of the table. True when
  /// it did something: what is said to hosts is in `tx()` then.
  bool sweep(std::uint32_t budget) noexcept;

  /// Ends a connection by order of a person; TCP ends on our side get a reset, which is in `tx()`
  /// then. False when too many were told just now: it has to be asked again.
  bool clear(ConnIndex index) noexcept;

  /// What the control core has found out about a neighbour. Packets that waited for it are in
  /// `tx()` afterwards.
  void note(const NeighbourNote& note) noexcept;

  /// Counts and frees a packet that ends here.
  void drop(rte_mbuf* packet, DropReason reason) noexcept;

  /// The same for a packet that no port of ours wants; it was received at `port`.
  void drop_at(PortIndex port, rte_mbuf* packet, DropReason reason) noexcept;

  /// Ends whatever waits: for a neighbour, or for the rest of a datagram.
  void drain() noexcept;

  /// For everybody to see, after each iteration: what is held, and how many connections there are.
  void publish_gauges() noexcept;

  /// Buffers that are neither sent, dropped nor punted yet.
  std::uint64_t held() const noexcept;

  Millis now() const noexcept { return now_; }
  TxBuffers& tx() noexcept { return tx_; }
  ConnectionTable& connections() noexcept { return table_; }
  NeighbourTable& neighbours() noexcept { return neighbours_; }
  WorkerCounters& counters() noexcept { return counters_; }
  /// What it may still place: others may read it too.
  const PlacementBudget& budget() const noexcept { return budget_; }

 private:
  void process_closely(Burst& burst, Origin origin) noexcept;
  void parse(Burst& burst) noexcept;
  void count_received(const Burst& burst) noexcept;
  void sort_out(Burst& burst) noexcept;
  void look_up(Burst& burst, Origin origin) noexcept;
  void forward(Burst& burst) noexcept;
  void forward_known(rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
                     ConnRef ref) noexcept;
  void forward_first(rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key) noexcept;
  void forward_along(rte_mbuf* packet, const ParsedPacket& parsed, ConnRef ref) noexcept;
  void send(rte_mbuf* packet, std::uint16_t total_length, NextHopId next_hop) noexcept;
  bool hand_over(rte_mbuf* packet, const FlowKey& key) noexcept;
  bool follow_state(ConnIndex index, Direction direction, const rte_mbuf* packet,
                    const ParsedPacket& parsed) noexcept;
  void end_connection(ConnIndex index) noexcept;

  // While forwarding is stopped (stopped.cpp).
  void hold_back(Burst& burst) noexcept;
  bool is_held_back(ConnRef ref) const noexcept;

  // First packets (first_packet.cpp).
  ConnRef open(const rte_mbuf* packet, const ParsedPacket& parsed, const FlowKey& key,
               DropReason& reason) noexcept;
  ConnRef establish(const Placement& placement, Connection& connection, const FlowKey& key,
                    DropReason& reason) noexcept;
  ConnRef insert_translated(const Placement& placement, const Connection& prepared,
                            const FlowKey& key, DropReason& reason) noexcept;
  bool answers_come_here(const FlowKey& key, const FlowKey& answer) const noexcept;
  NextHopId way_back(const FlowKey& key) noexcept;
  bool hold_next_hops(const Placement& placement, const FlowKey& key,
                      Connection& connection) noexcept;
  void release_next_hops(const Connection& connection) noexcept;
  bool make_room() noexcept;
  void count_opened(const Connection& connection, const FlowKey& key) noexcept;
  Gauge& living(const Connection& connection, ConnState state) noexcept;
  void count_moved(const Connection& connection, ConnState from) noexcept;
  void forget(const Connection& connection) noexcept;
  void note_checksum(const rte_mbuf* packet, const ParsedPacket& parsed) noexcept;

  // Packets without a 5-tuple (special_packet.cpp).
  void handle_special(rte_mbuf* packet, const ParsedPacket& parsed) noexcept;
  void translate_icmp_error(rte_mbuf* packet, const ParsedPacket& parsed) noexcept;
  ConnRef find_embedded(const ParsedPacket& outer, const ParsedPacket& inner) const noexcept;
  void join_fragment(rte_mbuf* packet, const ParsedPacket& parsed) noexcept;
  void process_joined(rte_mbuf* packet) noexcept;
  void take_arp(rte_mbuf* packet) noexcept;
  bool is_for_linux(const ParsedPacket& group) const noexcept;
  void punt(rte_mbuf* packet) noexcept;
  void punt_by(rte_ring* ring, rte_mbuf* packet) noexcept;

  // What cannot go on as it is (trouble.cpp).
  void refuse(rte_mbuf* packet, const ParsedPacket& parsed, DropReason reason,
              const IcmpCause& cause) noexcept;
  bool tell_sender(rte_mbuf* packet, const ParsedPacket& parsed, const IcmpCause& cause) noexcept;
  Ipv4Addr teller_here() const noexcept;
  bool may_be_cut(rte_mbuf* packet, const ParsedPacket& parsed, const NextHop& hop) noexcept;
  void send_unresolved(rte_mbuf* packet, NextHopId next_hop) noexcept;
  void send_in_pieces(rte_mbuf* packet, const NextHop& hop) noexcept;
  void clamp_segments(rte_mbuf* packet, const ParsedPacket& parsed, const Connection& c) noexcept;

  // Orders over connections (sweep.cpp).
  bool evict(ConnIndex index) noexcept;
  bool may_leave(const Connection& connection) noexcept;
  bool reset_ends(const Connection& connection) noexcept;
  void send_reset(const Connection& connection, Direction to, std::uint32_t seq) noexcept;

  ConnectionTable table_;
  NeighbourTable neighbours_;
  TxBuffers tx_;
  WorkerCounters counters_;
  HostCountGroup* hosts_;
  ControlRings rings_;
  std::unique_ptr<Fragments> fragments_;
  PendingPackets pending_;
  TokenBucket icmp_budget_{kIcmpErrorsPerSecond, kIcmpErrorsAtOnce};
  bool tell_senders_;
  bool makes_room_;
  AffinityTable* affinity_;
  rte_mempool* packets_;
  TokenBucket reset_budget_{kResetsPerSecond, kResetsAtOnce};
  std::uint32_t resets_left_ = 0;  ///< of this iteration: what `tx()` has room for
  const OwnerMap* owners_;
  Handoff* handoff_;
  unsigned self_;
  ConnectionOrder order_;
  std::uint32_t sweep_at_ = kNoSweep;  ///< the next place to look at
  std::array<PipelinePort, kMaxPorts> ports_{};
  std::array<ArpBudget, kMaxPorts> arp_budget_;  ///< by port, so that one cannot starve another

  // Of this iteration.
  TimePoint time_;
  Millis now_;
  const ConfigSnapshot* config_ = nullptr;
  ActiveWord active_;
  PlacementBudget budget_;
  PortIndex port_ = PortIndex::none;  ///< of this burst
  Zone zone_ = Zone::lan;             ///< of this burst
  std::uint32_t until_staged_ = 1;    ///< bursts, the next closely looked at included
  bool refs_stale_ = false;           ///< a connection ended since this burst was looked up
  bool stays_here_ = true;            ///< this burst: no other worker is asked

  static constexpr std::uint32_t kNoSweep = 0xffffffff;
};

}  // namespace spillway
