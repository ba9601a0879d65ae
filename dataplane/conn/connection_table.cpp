#include "dataplane/conn/connection_table.h"

#include <rte_errno.h>
#include <rte_hash.h>
#include <rte_malloc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <stdexcept>

namespace spillway {
namespace {

// rte_hash's cuckoo tables refuse inserts from about 95 % on; an eighth of spare entries keeps the
// refusal to the capacity that the configuration names.
constexpr std::uint32_t key_entries(std::uint32_t capacity) noexcept {
  return std::max(2 * capacity + capacity / 4, 1024u);
}

/// For about one connection in six, in two bytes for each of all: those that ended within the last
/// two minutes, on a router whose table was not chosen too small.
constexpr std::uint32_t resting_lines(std::uint32_t capacity) noexcept {
  return std::bit_ceil(std::max(capacity / 32, 16u));
}

/// Whether its end leaves a translated port behind that may not be given away at once: neither does
/// one that was closed by both sides and has waited for latecomers since.
bool leaves_rest(const Connection& c, const FlowKey& original, const FlowKey& reply) noexcept {
  return is_uplink(c.zone[1]) && reply.dst != original.src && c.state != ConnState::tcp_time_wait;
}

rte_hash* create_keys(const ConnectionTable::Settings& settings) {
  rte_hash_parameters parameters{};
  parameters.name = settings.name.c_str();
  parameters.entries = key_entries(settings.capacity);
  parameters.key_len = sizeof(FlowKey);
  parameters.socket_id = settings.socket;
  rte_hash* keys = rte_hash_create(&parameters);
  if (keys == nullptr)
    throw std::runtime_error("connection table '" + settings.name + "' for " +
                             std::to_string(settings.capacity) +
                             " connections: " + rte_strerror(rte_errno));
  return keys;
}

}  // namespace

struct ConnectionTable::Memory {
  struct Free {
    void operator()(void* memory) const noexcept { rte_free(memory); }
  };
  template <typename T>
  using Array = std::unique_ptr<T[], Free>;

  template <typename T>
  static Array<T> zeroes(const char* name, std::size_t count, int socket) {
    return Array<T>(
        static_cast<T*>(rte_zmalloc_socket(name, count * sizeof(T), alignof(T), socket)));
  }

  Memory(std::uint32_t capacity, int socket)
      : records(zeroes<ConnectionRecord>("connections", capacity, socket)),
        resting(zeroes<RestingPorts::Line>("resting ports", resting_lines(capacity), socket)) {
    if (!records || !resting)
      throw std::runtime_error("no memory for " + std::to_string(capacity) + " connections (" +
                               std::to_string(capacity * sizeof(ConnectionRecord) >> 20) + " MiB)");
    for (std::uint32_t i = 0; i < capacity; ++i) new (&records[i]) ConnectionRecord();
  }

  Array<ConnectionRecord> records;
  Array<RestingPorts::Line> resting;
};

ConnectionTable::ConnectionTable(const Settings& settings)
    : secret_(settings.secret),
      keys_(create_keys(settings)),
      memory_(std::make_unique<Memory>(settings.capacity, settings.socket)),
      records_(memory_->records.get(), settings.capacity),
      wheel_(records_, settings.now),
      resting_({memory_->resting.get(), resting_lines(settings.capacity)}) {
  free_.reserve(settings.capacity);
  for (std::uint32_t i = settings.capacity; i > 0; --i) free_.push_back(ConnIndex{i - 1});
}

ConnectionTable::~ConnectionTable() = default;

void ConnectionTable::HashDelete::operator()(rte_hash* h) const noexcept {
  rte_hash_free(h);
}

void ConnectionTable::find_burst(const FlowKey* keys, const std::uint32_t* hashes, std::size_t n,
                                 ConnRef* refs) const noexcept {
  std::array<const void*, kBurst> wanted;
  std::array<void*, kBurst> data;
  std::array<hash_sig_t, kBurst> signatures;
  for (std::size_t i = 0; i < n; ++i) {
    wanted[i] = &keys[i];
    signatures[i] = hashes[i];
  }
  std::uint64_t hits = 0;
  rte_hash_lookup_with_hash_bulk_data(keys_.get(), wanted.data(), signatures.data(),
                                      static_cast<std::uint32_t>(n), &hits, data.data());
  for (std::size_t i = 0; i < n; ++i)
    refs[i] = ((hits >> i) & 1u) != 0 ? ConnRef::from_data(data[i]) : ConnRef{};
}

ConnRef ConnectionTable::find(const FlowKey& key, std::uint32_t hash) const noexcept {
  void* data = nullptr;
  return rte_hash_lookup_with_hash_data(keys_.get(), &key, hash, &data) >= 0
             ? ConnRef::from_data(data)
             : ConnRef{};
}

ConnectionTable::Inserted ConnectionTable::insert(const Connection& connection, Millis now,
                                                  const Timeouts& timeouts,
                                                  Fallow fallow) noexcept {
  if (free_.empty()) return {InsertResult::table_full, ConnIndex::none};
  const FlowKey reply = connection.reply_key();
  const std::uint32_t reply_hash = hash(reply);
  resting_.prefetch(reply_hash);
  if (find(reply, reply_hash).found()) return {InsertResult::reply_taken, ConnIndex::none};
  const FlowKey original = connection.original_key();
  const std::uint32_t original_hash = hash(original);
  if (fallow == Fallow::avoid && resting_.rests(reply_hash, original_hash, now))
    return {InsertResult::reply_rests, ConnIndex::none};
  const ConnIndex index = free_.back();
  auto& record = records_[index_of(index)];
  record.hot = connection;
  record.hot.last_seen = now;
  record.detail.count = {};
  record.detail.created = now;
  ++record.detail.generation;
  if (rte_hash_add_key_with_hash_data(keys_.get(), &reply, reply_hash,
                                      ConnRef(index, Direction::reply).data()) < 0)
    return {InsertResult::table_full, ConnIndex::none};
  if (rte_hash_add_key_with_hash_data(keys_.get(), &original, original_hash,
                                      ConnRef(index, Direction::original).data()) < 0) {
    rte_hash_del_key_with_hash(keys_.get(), &reply, reply_hash);
    return {InsertResult::table_full, ConnIndex::none};
  }
  free_.pop_back();
  wheel_.arm(index, now, timeouts.of(connection.state) + 1);
  return {InsertResult::inserted, index};
}

void ConnectionTable::remove(ConnIndex index, Millis now) noexcept {
  const Connection& c = (*this)[index];
  const FlowKey original = c.original_key();
  const FlowKey reply = c.reply_key();
  const std::uint32_t original_hash = hash(original);
  const std::uint32_t reply_hash = hash(reply);
  rte_hash_del_key_with_hash(keys_.get(), &original, original_hash);
  rte_hash_del_key_with_hash(keys_.get(), &reply, reply_hash);
  if (leaves_rest(c, original, reply)) resting_.add(reply_hash, original_hash, now);
  wheel_.disarm(index);
  free_.push_back(index);
}

ConnIndex ConnectionTable::unanswered(Millis now) noexcept {
  constexpr std::uint32_t kLooks = 32;  // bounds what a packet of a flood costs
  const std::uint32_t looks = std::min(kLooks, capacity());
  for (std::uint32_t i = 0; i < looks; ++i)
    prefetch(static_cast<ConnIndex>((hand_ + i) % capacity()));
  ConnIndex found = ConnIndex::none;
  std::uint32_t longest = 0;
  for (std::uint32_t i = 0; i < looks; ++i, hand_ = (hand_ + 1) % capacity()) {
    const auto index = static_cast<ConnIndex>(hand_);
    if (!is_used(index) || detail(index).count[index_of(Direction::reply)].packets != 0) continue;
    const std::uint32_t idle = now.since((*this)[index].last_seen);
    if (found != ConnIndex::none && idle <= longest) continue;
    found = index;
    longest = idle;
  }
  return found;
}

void ConnectionTable::rearm(ConnIndex index, Millis now, const Timeouts& timeouts) noexcept {
  wheel_.disarm(index);
  wheel_.arm(index, now, timeouts.of((*this)[index].state) + 1);
}

std::uint64_t ConnectionTable::memory_bytes() const noexcept {
  constexpr std::uint64_t key_slot = 32;  // 16 of key, 8 of data, aligned to 16
  constexpr std::uint64_t bytes_per_bucket_entry = 8;
  const std::uint64_t entries = key_entries(capacity());
  const std::uint64_t rounded = std::bit_ceil(entries);
  const std::uint64_t free_ring = std::bit_ceil(entries + 1) * sizeof(std::uint32_t);
  return capacity() * (sizeof(ConnectionRecord) + sizeof(ConnIndex)) + entries * key_slot +
         resting_lines(capacity()) * sizeof(RestingPorts::Line) + rounded * bytes_per_bucket_entry +
         free_ring + ExpiryWheel::kSlots * sizeof(std::uint32_t);
}

}  // namespace spillway
