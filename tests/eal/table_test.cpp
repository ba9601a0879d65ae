#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <map>

#include "dataplane/conn/connection_table.h"

namespace spillway {
namespace {

constexpr Zone kWan = zone_of(uplink_id(0));

std::unique_ptr<ConnectionTable> make_table(std::uint32_t capacity) {
  static std::atomic<unsigned> next{0};
  ConnectionTable::Settings settings;
  settings.name = "t" + std::to_string(next.fetch_add(1));
  settings.capacity = capacity;
  settings.socket = -1;
  return std::make_unique<ConnectionTable>(settings);
}

FlowKey key(std::uint32_t i) {
  FlowKey k;
  k.src = Ipv4Addr::from_host(0xc0a80000u + i);
  k.dst = Ipv4Addr::of(8, 8, 8, 8);
  k.src_port = L4Port::from_host(1000);
  k.dst_port = L4Port::from_host(53);
  k.proto = IpProto::udp;
  return k;
}

Connection connection(std::uint32_t i, std::uint16_t port) {
  FlowKey to = key(i);
  to.src = Ipv4Addr::of(1, 1, 1, 32);
  to.src_port = L4Port::from_host(port);
  Connection c = make_connection(key(i), to, kWan);
  c.state = ConnState::udp;
  return c;
}

TEST(ConnectionTable, BothKeysFindTheSameConnection) {
  const auto table = make_table(8);
  const Connection c = connection(1, 4000);
  const auto inserted = table->insert(c, Millis{5}, kTimeoutsRouteros);
  ASSERT_EQ(inserted.result, InsertResult::inserted);
  const ConnRef out = table->find(c.original_key());
  const ConnRef in = table->find(c.reply_key());
  ASSERT_TRUE(out.found() && in.found());
  EXPECT_EQ(out.index(), inserted.index);
  EXPECT_EQ(in.index(), inserted.index);
  EXPECT_EQ(out.direction(), Direction::original);
  EXPECT_EQ(in.direction(), Direction::reply);
  table->remove(inserted.index, Millis{5});
  EXPECT_FALSE(table->find(c.original_key()).found());
  EXPECT_FALSE(table->find(c.reply_key()).found());
  EXPECT_EQ(table->size(), 0u);
}

TEST(ConnectionTable, R01_ATakenReplyKeyChangesNothing) {
  const auto table = make_table(8);
  table->insert(connection(1, 4000), {}, kTimeoutsRouteros);
  EXPECT_EQ(table->insert(connection(2, 4000), {}, kTimeoutsRouteros).result,
            InsertResult::reply_taken);
  EXPECT_EQ(table->size(), 1u);
  EXPECT_FALSE(table->find(key(2)).found());
  EXPECT_EQ(table->insert(connection(2, 4001), {}, kTimeoutsRouteros).result,
            InsertResult::inserted);
}

TEST(ConnectionTable, HoldsExactlyItsCapacity) {
  const auto table = make_table(100);
  for (std::uint32_t i = 0; i < 100; ++i)
    ASSERT_EQ(
        table->insert(connection(i, static_cast<std::uint16_t>(2000 + i)), {}, kTimeoutsRouteros)
            .result,
        InsertResult::inserted)
        << i;
  EXPECT_EQ(table->insert(connection(100, 3000), {}, kTimeoutsRouteros).result,
            InsertResult::table_full);
}

TEST(ConnectionTable, R12_ExpiryFreesBothKeysAndNoSooner) {
  const auto table = make_table(8);
  table->insert(connection(1, 4000), Millis{0}, kTimeoutsRouteros);
  const auto expire = [&](std::uint32_t now) {
    std::uint32_t ended = 0;
    table->expire(Millis{now}, 100, kTimeoutsRouteros, [&](const Connection&) { ++ended; });
    return ended;
  };
  EXPECT_EQ(expire(10000), 0u);
  (*table)[table->find(key(1)).index()].last_seen = Millis{9000};
  EXPECT_EQ(expire(18900), 0u) << "a packet only wrote last_seen";
  EXPECT_EQ(expire(19000 + 2 * ExpiryWheel::kTickMs), 1u);
  EXPECT_FALSE(table->taken(connection(1, 4000).reply_key()));
}

TEST(ConnectionTable, ASlotUsedAgainHasAnotherGeneration) {
  const auto table = make_table(1);
  const auto first = table->insert(connection(1, 4000), {}, kTimeoutsRouteros);
  const std::uint32_t generation = table->detail(first.index).generation;
  table->remove(first.index, Millis{5});
  const auto second = table->insert(connection(2, 4001), {}, kTimeoutsRouteros);
  EXPECT_EQ(second.index, first.index);
  EXPECT_NE(table->detail(second.index).generation, generation);
}

TEST(ConnectionTable, MemoryStaysWithinTheGoal) {
  const auto table = make_table(1u << 16);
  EXPECT_LE(table->memory_bytes() / table->capacity(), 256u);
}

RC_GTEST_PROP(ConnectionTable, AgreesWithAModel, ()) {
  const auto table = make_table(32);
  std::map<std::uint32_t, ConnIndex> model;
  for (int step = 0; step < 200; ++step) {
    const auto i = *rc::gen::inRange(0u, 48u);
    if (model.count(i) > 0) {
      table->remove(model[i], Millis{0});
      model.erase(i);
    } else {
      const auto r =
          table->insert(connection(i, static_cast<std::uint16_t>(1024 + i)), {}, kTimeoutsRouteros);
      RC_ASSERT((r.result == InsertResult::inserted) == (model.size() < 32));
      if (r.result == InsertResult::inserted) model[i] = r.index;
    }
  }
  std::vector<FlowKey> keys;
  std::vector<std::uint32_t> hashes;
  for (std::uint32_t i = 0; i < 48; ++i) {
    keys.push_back(key(i));
    hashes.push_back(table->hash(keys.back()));
  }
  std::vector<ConnRef> refs(keys.size());
  table->find_burst(keys.data(), hashes.data(), keys.size(), refs.data());
  for (std::uint32_t i = 0; i < 48; ++i) {
    RC_ASSERT(refs[i].found() == (model.count(i) > 0));
    RC_ASSERT(refs[i].found() == table->find(keys[i]).found());
    if (refs[i].found()) RC_ASSERT(refs[i].index() == model[i]);
  }
}

}  // namespace
}  // namespace spillway
