#pragma once
// A worker's connections: records in one array, found by either of two keys through rte_hash.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dataplane/conn/connection.h"
#include "dataplane/conn/expiry_wheel.h"
#include "dataplane/conn/flow_hash.h"
#include "dataplane/conn/resting_ports.h"

struct rte_hash;

namespace spillway {

/// A lookup's answer in one word: connection and direction, or nothing.
class ConnRef {
 public:
  constexpr ConnRef() noexcept = default;
  constexpr ConnRef(ConnIndex index, Direction direction) noexcept
      : word_(static_cast<std::uint32_t>(index) << 1 | static_cast<std::uint32_t>(direction)) {}

  static ConnRef from_data(const void* data) noexcept {
    ConnRef ref;
    ref.word_ = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(data));
    return ref;
  }
  void* data() const noexcept {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(word_));
  }
  constexpr bool found() const noexcept { return word_ != kNothing; }
  constexpr ConnIndex index() const noexcept { return static_cast<ConnIndex>(word_ >> 1); }
  constexpr Direction direction() const noexcept { return static_cast<Direction>(word_ & 1u); }

 private:
  static constexpr std::uint32_t kNothing = 0xffffffff;
  std::uint32_t word_ = kNothing;
};

enum class InsertResult : std::uint8_t {
  inserted,
  table_full,
  reply_taken,
  reply_rests,  ///< another connection had it until a short while ago (R04)
};

/// Whether a translated port may be taken that still rests.
enum class Fallow : std::uint8_t { avoid, take };

/// Largest burst of one bulk lookup (RTE_HASH_LOOKUP_BULK_MAX).
inline constexpr std::size_t kBurst = 64;

/// Thread contract: one worker, from creation on; creation itself may throw std::runtime_error.
class ConnectionTable {
 public:
  struct Settings {
    std::string name = "connections";  ///< unique among the tables of a process
    std::uint32_t capacity = 0;        ///< connections, below 2^30
    int socket = 0;                    ///< NUMA node of the memory
    HashSecret secret;
    Millis now;
  };
  explicit ConnectionTable(const Settings& settings);
  ~ConnectionTable();
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  std::uint32_t hash(const FlowKey& key) const noexcept { return flow_hash(secret_, key); }
  const HashSecret& secret() const noexcept { return secret_; }

  /// Looks up `n` <= kBurst keys whose hashes are known; `refs[i]` answers `keys[i]`.
  void find_burst(const FlowKey* keys, const std::uint32_t* hashes, std::size_t n,
                  ConnRef* refs) const noexcept;
  ConnRef find(const FlowKey& key, std::uint32_t hash) const noexcept;
  ConnRef find(const FlowKey& key) const noexcept { return find(key, hash(key)); }
  /// Whether the key that replies would carry is used by a connection: the test by which a SNAT
  /// port is free.
  bool taken(const FlowKey& key) const noexcept { return find(key).found(); }

  /// Publishes `connection` under its reply key first (that reserves the translated port), then
  /// under its original key; filled before either. On failure nothing has changed.
  struct Inserted {
    InsertResult result = InsertResult::table_full;
    ConnIndex index = ConnIndex::none;
  };
  Inserted insert(const Connection& connection, Millis now, const Timeouts& timeouts,
                  Fallow fallow = Fallow::avoid) noexcept;

  /// Of a full table: a connection that nobody has answered, the one idle for longest among those
  /// in the next few places; none when all of these are answered. Each call goes on where the last
  /// one ended.
  ConnIndex unanswered(Millis now) noexcept;

  /// Takes away both keys at once: the translated port is free from here on (R12), or rests for a
  /// while first (R04).
  void remove(ConnIndex index, Millis now) noexcept;

  Connection& operator[](ConnIndex index) noexcept { return records_[index_of(index)].hot; }
  const Connection& operator[](ConnIndex index) const noexcept {
    return records_[index_of(index)].hot;
  }
  ConnectionDetail& detail(ConnIndex index) noexcept { return records_[index_of(index)].detail; }
  const ConnectionDetail& detail(ConnIndex index) const noexcept {
    return records_[index_of(index)].detail;
  }
  /// Whether the place holds a connection: those that do are always in the wheel.
  bool is_used(ConnIndex index) const noexcept {
    return ExpiryWheel::is_armed(records_[index_of(index)].detail);
  }
  void prefetch(ConnIndex index) const noexcept {
    const auto* record = &records_[index_of(index)];
    __builtin_prefetch(&record->hot, 1);
    __builtin_prefetch(&record->detail, 1);
  }

  /// After a change to a state that ends sooner: the wheel would look too late.
  void rearm(ConnIndex index, Millis now, const Timeouts& timeouts) noexcept;

  /// Removes at most `budget` expired connections, calling `on_end(connection)` before each.
  template <typename OnEnd>
  std::uint32_t expire(Millis now, std::uint32_t budget, const Timeouts& timeouts,
                       OnEnd&& on_end) noexcept {
    return wheel_.advance(now, budget, [&](ConnIndex index) noexcept {
      const Connection& c = (*this)[index];
      if (!c.expired(now, timeouts)) {
        wheel_.arm(index, now, timeouts.of(c.state) + 1 - now.since(c.last_seen));
        return;
      }
      on_end(c);
      remove(index, now);
    });
  }

  std::uint32_t size() const noexcept {
    return capacity() - static_cast<std::uint32_t>(free_.size());
  }
  bool is_full() const noexcept { return free_.empty(); }
  std::uint32_t capacity() const noexcept { return static_cast<std::uint32_t>(records_.size()); }
  /// Bytes of memory for everything, by arithmetic on what was allocated.
  std::uint64_t memory_bytes() const noexcept;

 private:
  struct HashDelete {
    void operator()(rte_hash* h) const noexcept;
  };
  struct Memory;

  HashSecret secret_;
  std::unique_ptr<rte_hash, HashDelete> keys_;
  std::unique_ptr<Memory> memory_;
  std::span<ConnectionRecord> records_;
  std::vector<ConnIndex> free_;  ///< reserved to capacity at creation: never grows
  ExpiryWheel wheel_;
  RestingPorts resting_;
  std::uint32_t hand_ = 0;  ///< where `unanswered` goes on
};

}  // namespace spillway
