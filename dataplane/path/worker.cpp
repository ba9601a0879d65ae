#include "dataplane/path/worker.h"

#include <rte_ethdev.h>

namespace spillway {

Worker::Worker(unsigned id, const PipelineSettings& settings, SnapshotCell& snapshots,
               const ActiveCell& active)
    : id_(id), snapshots_(snapshots), active_(active), pipeline_(settings) {
  snapshots_.attach(id_);
}

Worker::~Worker() {
  snapshots_.detach(id_);
}

void Worker::add_port(const WorkerPort& port, const PipelinePort& facts) {
  ports_.push_back(port);
  pipeline_.set_port(port.index, facts);
}

std::uint32_t Worker::poll(TimePoint now) noexcept {
  pipeline_.begin(now, snapshots_.load(), active_);
  std::uint32_t received = 0;
  for (const WorkerPort& port : ports_) {
    burst_.port = port.index;
    burst_.size = rte_eth_rx_burst(port.ethdev, port.queue, burst_.packets.data(), kBurst);
    if (burst_.size == 0) continue;
    received += burst_.size;
    pipeline_.process(burst_);
    flush();
  }
  pipeline_.expire(kExpireBudget);
  snapshots_.quiescent(id_);
  return received;
}

void Worker::flush() noexcept {
  for (const WorkerPort& port : ports_) {
    const auto pending = pipeline_.tx().pending(port.index);
    if (pending.empty()) continue;
    std::uint64_t bytes = 0;
    for (const rte_mbuf* packet : pending) bytes += packet->pkt_len;
    const std::uint16_t sent = rte_eth_tx_burst(port.ethdev, port.queue, pending.data(),
                                                static_cast<std::uint16_t>(pending.size()));
    PortCounters& counters = pipeline_.counters().ports[index_of(port.index)];
    for (rte_mbuf* packet : pending.subspan(sent)) {
      bytes -= packet->pkt_len;
      pipeline_.drop(packet, DropReason::tx_full);
    }
    counters.tx_packets.add(sent);
    counters.tx_bytes.add(bytes);
    pipeline_.tx().clear(port.index);
  }
}

}  // namespace spillway
