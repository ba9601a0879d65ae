// The worker with its ports, and the drops that only it can cause.

#include "dataplane/path/worker.h"

#include <gtest/gtest.h>
#include <rte_dev.h>
#include <rte_eth_ring.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#include <atomic>

#include "dataplane/path/frame.h"
#include "tests/support/test_router.h"

namespace spillway::test {
namespace {

constexpr auto kAnySocket = static_cast<unsigned>(SOCKET_ID_ANY);

/// A port whose two ends are rings of the given size.
struct RingPort {
  explicit RingPort(unsigned size, rte_mempool* pool) {
    static std::atomic<unsigned> next{0};
    const std::string name = "w" + std::to_string(next.fetch_add(1));
    in = rte_ring_create((name + "i").c_str(), 256, SOCKET_ID_ANY, 0);
    out = rte_ring_create((name + "o").c_str(), size, SOCKET_ID_ANY, 0);
    id = static_cast<std::uint16_t>(rte_eth_from_rings(name.c_str(), &in, 1, &out, 1, kAnySocket));
    const rte_eth_conf conf{};
    rte_eth_dev_configure(id, 1, 1, &conf);
    rte_eth_rx_queue_setup(id, 0, 64, kAnySocket, nullptr, pool);
    rte_eth_tx_queue_setup(id, 0, 64, kAnySocket, nullptr);
    rte_eth_dev_start(id);
  }
  ~RingPort() {
    rte_eth_dev_info info{};
    rte_eth_dev_info_get(id, &info);
    rte_eth_dev_stop(id);
    rte_dev_remove(const_cast<rte_device*>(info.device));
    rte_ring_free(in);
    rte_ring_free(out);
  }
  unsigned drain() const {
    unsigned n = 0;
    void* packet = nullptr;
    for (; rte_ring_dequeue(out, &packet) == 0; ++n)
      rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
    return n;
  }
  rte_ring* in = nullptr;
  rte_ring* out = nullptr;
  std::uint16_t id = 0;
};

struct PoolFree {
  void operator()(rte_mempool* pool) const { rte_mempool_free(pool); }
};

class WorkerTest : public testing::Test {
 public:
  ~WorkerTest() override {
    worker_.reset();
    EXPECT_EQ(rte_mempool_in_use_count(pool_), 0u) << "R45: no buffer is lost";
  }

 protected:
  WorkerTest()
      : owned_pool_(rte_pktmbuf_pool_create("workers", 511, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE,
                                            SOCKET_ID_ANY)),
        pool_(owned_pool_.get()),
        lan_(256, pool_),
        wan_(16, pool_),
        snapshots_(std::make_unique<ConfigSnapshot>(TestRouter().config), 1) {
    PipelineSettings settings;
    settings.table.name = "worker";
    settings.table.capacity = 256;
    settings.table.socket = SOCKET_ID_ANY;
    worker_ = std::make_unique<Worker>(0, settings, snapshots_, active_);
    worker_->add_port({lan_.id, 0, kLan}, {Zone::lan, FrameSpec{}.dst_mac, 1500});
    worker_->add_port({wan_.id, 0, kWan1}, {zone_of(kIsp1), FrameSpec{}.dst_mac, 1500});
    auto& n = worker_->pipeline().neighbours();
    n.resolve(n.find_or_add(kWan1, kIsp1Gateway), MacAddr{{2, 0, 0, 0, 9, 9}});
    n.resolve(n.find_or_add(kLan, kHost), MacAddr{{2, 0, 0, 0, 9, 8}});
    ActiveWord word;
    word.active = kIsp1;
    word.usable = UplinkSet(1);
    active_.publish(word);
  }

  void receive(unsigned n) {
    for (unsigned i = 0; i < n; ++i) {
      FrameSpec s;
      s.src_port = static_cast<std::uint16_t>(1000 + i);
      const auto frame = build_frame(s);
      rte_mbuf* packet = rte_pktmbuf_alloc(pool_);
      std::copy(frame.begin(), frame.end(),
                reinterpret_cast<std::uint8_t*>(
                    rte_pktmbuf_append(packet, static_cast<std::uint16_t>(frame.size()))));
      ASSERT_EQ(rte_ring_enqueue(lan_.in, packet), 0);
    }
  }

  std::unique_ptr<rte_mempool, PoolFree> owned_pool_;
  rte_mempool* pool_;
  RingPort lan_;
  RingPort wan_;
  ActiveCell active_;
  SnapshotCell snapshots_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(WorkerTest, R45_AFullTransmitQueueIsCountedAndRecoversFully) {
  receive(40);
  EXPECT_EQ(worker_->poll(TimePoint{}), 40u);
  const WorkerCounters& c = worker_->counters();
  EXPECT_EQ(c.ports[1].tx_packets.get(), 15u) << "a ring of 16 holds 15";
  EXPECT_EQ(c.drops[index_of(DropReason::tx_full)].get(), 25u);
  EXPECT_EQ(c.ports[0].rx_packets.get(), 40u) << "R42";
  EXPECT_EQ(worker_->held(), 0u);
  EXPECT_EQ(wan_.drain(), 15u);
  receive(10);
  worker_->poll(TimePoint{});
  EXPECT_EQ(wan_.drain(), 10u);
  EXPECT_EQ(c.drops[index_of(DropReason::tx_full)].get(), 25u);
}

TEST_F(WorkerTest, BytesAreThoseOfFramesWithoutFcs) {
  receive(3);
  worker_->poll(TimePoint{});
  EXPECT_EQ(worker_->counters().ports[0].rx_bytes.get(), 3 * build_frame({}).size());
  EXPECT_EQ(worker_->counters().ports[1].tx_bytes.get(), 3 * build_frame({}).size());
  wan_.drain();
}

TEST_F(WorkerTest, AnIdlePollStillEndsConnections) {
  receive(3);
  worker_->poll(TimePoint{});
  wan_.drain();
  EXPECT_EQ(worker_->pipeline().connections().size(), 3u);
  worker_->poll(TimePoint{std::chrono::seconds(11)});
  EXPECT_EQ(worker_->pipeline().connections().size(), 0u);
  EXPECT_EQ(worker_->counters().expired.get(), 3u);
}

}  // namespace
}  // namespace spillway::test
