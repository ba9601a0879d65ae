#include "dataplane/path/worker.h"

#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>

#include <algorithm>

#include "dataplane/path/frame.h"

namespace spillway {
namespace {

constexpr std::uint32_t kVlanTag = 4;
constexpr std::uint16_t kVlanIdMask = 0x0fff;

bool has_tag(const rte_mbuf* packet) noexcept {
  return packet->data_len >= kEtherHeader + kVlanTag &&
         swap16(load<std::uint16_t>(frame_of(packet) + kEtherTypeAt)) == ethertype::vlan;
}

/// The VLAN id of a frame, 0 when it has no 802.1Q tag (or a priority tag, 802.1Q 6.8).
std::uint16_t vlan_of(const rte_mbuf* packet) noexcept {
  if (!has_tag(packet)) return 0;
  return swap16(load<std::uint16_t>(frame_of(packet) + kEtherHeader)) & kVlanIdMask;
}

}  // namespace

Worker::Worker(unsigned id, const PipelineSettings& settings, SnapshotCell& snapshots,
               const ActiveCell& active)
    : id_(id),
      snapshots_(snapshots),
      active_(active),
      rings_(settings.rings),
      handoff_(settings.handoff),
      reader_(settings.rings.queries),
      pipeline_(settings) {
  snapshots_.attach(id_);
}

Worker::~Worker() {
  snapshots_.detach(id_);
}

void Worker::add_port(const WorkerPort& port, const PipelinePort& facts) {
  ports_.push_back(port);
  pipeline_.set_port(port.index, facts);
  if (port.rx_queue == kNoQueue) return;
  const auto same = [&](const Source& s) {
    return s.ethdev == port.ethdev && s.rx_queue == port.rx_queue;
  };
  auto source = std::find_if(sources_.begin(), sources_.end(), same);
  if (source == sources_.end())
    source = sources_.insert(sources_.end(), Source{port.ethdev, port.rx_queue, false, {}});
  source->tagged |= port.vlan != 0;
  source->ports.push_back(port);
}

std::uint32_t Worker::poll(TimePoint now) noexcept {
  // Before the word is read: an order comes after the word that it follows from.
  hear_orders();
  pipeline_.begin(now, snapshots_.load(), active_);
  tap_.begin(snapshots_.load().capture.get(), id_, now);
  hear_control();
  std::uint32_t received = take_from_kernel() + take_from_workers();
  for (const Source& source : sources_) received += receive(source);
  pipeline_.expire(kExpireBudget);
  if (pipeline_.sweep(kSweepBudget)) [[unlikely]]
    flush();
  if (reader_.is_asked()) [[unlikely]]
    answer(received);
  pipeline_.publish_gauges();
  snapshots_.quiescent(id_);
  return received + (pipeline_.is_sweeping() || reader_.is_asked());
}

std::uint32_t Worker::finish(TimePoint now) noexcept {
  pipeline_.begin(now, snapshots_.load(), active_);
  tap_.begin(nullptr, id_, now);
  std::uint32_t taken = 0;
  while (const std::uint32_t n = hear_control() + take_from_kernel() + take_from_workers())
    taken += n;
  pipeline_.drain();
  pipeline_.publish_gauges();
  snapshots_.quiescent(id_);
  return taken;
}

std::uint32_t Worker::receive(const Source& source) noexcept {
  if (source.tagged) {
    const std::uint16_t n =
        rte_eth_rx_burst(source.ethdev, source.rx_queue, received_.data(), kBurst);
    process_tagged(source, n);
    return n;
  }
  const std::uint16_t n =
      rte_eth_rx_burst(source.ethdev, source.rx_queue, burst_.packets.data(), kBurst);
  process(source.ports.front().index, n);
  return n;
}

// Sub-interface by sub-interface; the order within each stays.
void Worker::process_tagged(const Source& source, std::uint32_t received) noexcept {
  // A tag may lie across buffers; what cannot be joined is dropped by the parser.
  for (std::uint32_t i = 0; i < received; ++i) headers_joined(received_[i]);
  std::uint32_t left = received;
  for (const WorkerPort& port : source.ports) {
    std::uint32_t mine = 0;
    std::uint32_t others = 0;
    for (std::uint32_t i = 0; i < left; ++i) {
      rte_mbuf* packet = received_[i];
      if (vlan_of(packet) != port.vlan) {
        received_[others++] = packet;
        continue;
      }
      if (has_tag(packet)) rte_vlan_strip(packet);
      burst_.packets[mine++] = packet;
    }
    left = others;
    process(port.index, mine);
  }
  for (std::uint32_t i = 0; i < left; ++i)
    pipeline_.drop_at(source.ports.front().index, received_[i], DropReason::vlan_tagged);
}

void Worker::process(PortIndex port, std::uint32_t size, Pipeline::Origin origin) noexcept {
  if (size == 0) return;
  burst_.port = port;
  burst_.size = size;
  // From other workers: seen by the one that received them. From Linux: by no port.
  const bool arrives = origin == Pipeline::Origin::port && port != PortIndex::kernel;
  if (tap_.is_on() && arrives) [[unlikely]]
    tap_.received(port, std::span(burst_.packets).first(size));
  pipeline_.process(burst_, origin);
  if (handoff_ != nullptr) pass_on();
  flush();
}

/// What other workers keep.
void Worker::pass_on() noexcept {
  const std::uint32_t given = handoff_->flush(
      [this](rte_mbuf* packet) { pipeline_.drop(packet, DropReason::handoff_full); });
  if (given > 0) counters().given.add(given);
}

std::uint32_t Worker::take_from_workers() noexcept {
  if (handoff_ == nullptr) return 0;
  const std::uint32_t taken = handoff_->take([this](const Handoff::Taken& next) {
    if (next.to_be_sent) {
      for (rte_mbuf* packet : next.packets) pipeline_.tx().push(next.port, packet);
      flush();
      return;
    }
    std::copy(next.packets.begin(), next.packets.end(), burst_.packets.begin());
    process(next.port, static_cast<std::uint32_t>(next.packets.size()), Pipeline::Origin::worker);
  });
  if (taken > 0) counters().taken.add(taken);
  return taken;
}

/// One after the other: an order stays in the ring until the one before is done.
void Worker::hear_orders() noexcept {
  ConnectionOrder order;
  if (rings_.orders == nullptr || pipeline_.is_sweeping()) return;
  if (rte_ring_sc_dequeue_elem(rings_.orders, &order, sizeof order) == 0) pipeline_.take(order);
}

/// Returns the frames that it sent.
std::uint32_t Worker::hear_control() noexcept {
  NeighbourNote note;
  while (rings_.known != nullptr &&
         rte_ring_sc_dequeue_elem(rings_.known, &note, sizeof note) == 0) {
    pipeline_.note(note);
    flush();
  }
  if (rings_.transmit == nullptr) return 0;
  const unsigned n = rte_ring_sc_dequeue_burst(
      rings_.transmit, reinterpret_cast<void**>(received_.data()), kBurst, nullptr);
  for (unsigned i = 0; i < n; ++i)
    pipeline_.tx().push(static_cast<PortIndex>(received_[i]->port), received_[i]);
  if (n == 0) return 0;
  pipeline_.counters().relayed.add(n);
  flush();
  return n;
}

std::uint32_t Worker::take_from_kernel() noexcept {
  if (rings_.from_kernel == nullptr) return 0;
  const unsigned n = rte_ring_sc_dequeue_burst(
      rings_.from_kernel, reinterpret_cast<void**>(burst_.packets.data()), kBurst, nullptr);
  process(PortIndex::kernel, n);
  return n;
}

void Worker::answer(std::uint32_t received) noexcept {
  since_answer_ += received;
  if (received > 0 && since_answer_ < kPacketsPerAnswer) return;
  since_answer_ = 0;
  const std::uint32_t budget = received > 0 ? kAnswerBudget : kIdleAnswerBudget;
  if (reader_.step(pipeline_, snapshots_.load().timeouts, budget)) flush();
}

void Worker::flush() noexcept {
  for (const WorkerPort& port : ports_) flush(port);
}

/// Frames as the driver of `port` can send them: tagged, in one buffer if it must be.
std::span<rte_mbuf*> Worker::made_sendable(const WorkerPort& port,
                                           std::span<rte_mbuf*> pending) noexcept {
  if (port.vlan == 0 && port.sends_segments) [[likely]]
    return pending;
  std::size_t kept = 0;
  for (rte_mbuf* packet : pending) {
    packet->vlan_tci = port.vlan;
    const bool whole = port.sends_segments || rte_pktmbuf_linearize(packet) == 0;
    // Room in front is what the parser took away, or the headroom of a packet made here.
    if (whole && (port.vlan == 0 || rte_vlan_insert(&packet) == 0))
      pending[kept++] = packet;
    else
      pipeline_.drop(packet, DropReason::unsendable);
  }
  return pending.first(kept);
}

void Worker::flush(const WorkerPort& port) noexcept {
  const auto pending = pipeline_.tx().pending(port.index);
  if (pending.empty()) return;
  if (port.tx_queue != kNoQueue)
    transmit(port, pending);
  else
    have_sent(port, pending);
  pipeline_.tx().clear(port.index);
}

/// By another worker, that has a queue.
void Worker::have_sent(const WorkerPort& port, std::span<rte_mbuf*> pending) noexcept {
  const std::uint32_t given = handoff_->send(port.sender, pending, port.index);
  counters().given.add(given);
  for (rte_mbuf* packet : pending.subspan(given)) pipeline_.drop(packet, DropReason::handoff_full);
}

void Worker::transmit(const WorkerPort& port, std::span<rte_mbuf*> all) noexcept {
  const auto pending = made_sendable(port, all);
  // Tags count neither here nor on the way in.
  const std::uint32_t tag = port.vlan != 0 ? kVlanTag : 0;
  std::uint64_t bytes = 0;
  for (const rte_mbuf* packet : pending) bytes += packet->pkt_len - tag;
  if (tap_.is_on()) [[unlikely]]
    tap_.sending(port.index, pending, tag);
  const std::uint16_t sent = rte_eth_tx_burst(port.ethdev, port.tx_queue, pending.data(),
                                              static_cast<std::uint16_t>(pending.size()));
  if (tap_.is_on()) [[unlikely]]
    tap_.have_sent(sent);
  PortCounters& counters = pipeline_.counters().ports[index_of(port.index)];
  for (rte_mbuf* packet : pending.subspan(sent)) {
    bytes -= packet->pkt_len - tag;
    pipeline_.drop(packet, DropReason::tx_full);
  }
  counters.tx_packets.add(sent);
  counters.tx_bytes.add(bytes);
}

}  // namespace spillway
