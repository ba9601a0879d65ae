#include "control/router/worker_link.h"

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_ring_elem.h>

#include <stdexcept>

#include "control/router/worker_nodes.h"

namespace spillway {
namespace {

constexpr unsigned kPackets = 1024;  // what a burst of local traffic brings while control sleeps
constexpr unsigned kArp = 512;
constexpr unsigned kOrders = 128;  // every uplink several times
constexpr unsigned kNotes = 8192;  // every neighbour at once, twice over
constexpr unsigned kQuestions = 16;
constexpr unsigned kRows = 256;

struct Place {
  unsigned number;
  int node;
};

rte_ring* create(const Place& worker, const std::string& name, unsigned count,
                 unsigned element = sizeof(void*)) {
  const std::string full = name + "_" + std::to_string(worker.number);
  return made_on(worker.node, full, [&](int on) {
    rte_ring* ring =
        rte_ring_create_elem(full.c_str(), element, count, on, RING_F_SP_ENQ | RING_F_SC_DEQ);
    if (ring == nullptr)
      throw std::runtime_error("no memory for the ring " + full + ": " + rte_strerror(rte_errno));
    return ring;
  });
}

std::size_t take(rte_ring* ring, std::span<rte_mbuf*> room) noexcept {
  return rte_ring_sc_dequeue_burst(ring, reinterpret_cast<void**>(room.data()),
                                   static_cast<unsigned>(room.size()), nullptr);
}

void free_packets(rte_ring* ring) noexcept {
  void* packet = nullptr;
  while (rte_ring_sc_dequeue(ring, &packet) == 0) rte_pktmbuf_free(static_cast<rte_mbuf*>(packet));
}

}  // namespace

WorkerLink::WorkerLink(unsigned worker, int node)
    : punt_(create({worker, node}, "punt", kPackets)),
      arp_(create({worker, node}, "arp", kArp)),
      wanted_(create({worker, node}, "wanted", kNotes, sizeof(NeighbourNote))),
      known_(create({worker, node}, "known", kNotes, sizeof(NeighbourNote))),
      orders_(create({worker, node}, "orders", kOrders, sizeof(ConnectionOrder))),
      from_kernel_(create({worker, node}, "from_kernel", kPackets)),
      transmit_(create({worker, node}, "transmit", kPackets)),
      questions_(create({worker, node}, "questions", kQuestions, sizeof(ConnectionQuery))) {
  for (std::size_t i = 0; i < kAskers; ++i)
    rows_[i] =
        Ring(create({worker, node}, "rows" + std::to_string(i), kRows, sizeof(ConnectionRow)));
}

WorkerLink::~WorkerLink() {
  for (const Ring* ring : {&punt_, &arp_, &from_kernel_, &transmit_}) free_packets(ring->get());
}

ControlRings WorkerLink::ends() const noexcept {
  ControlRings rings;
  rings.punt = punt_.get();
  rings.arp = arp_.get();
  rings.wanted = wanted_.get();
  rings.known = known_.get();
  rings.orders = orders_.get();
  rings.from_kernel = from_kernel_.get();
  rings.transmit = transmit_.get();
  rings.queries.questions = questions_.get();
  for (std::size_t i = 0; i < kAskers; ++i) rings.queries.rows[i] = rows_[i].get();
  return rings;
}

std::size_t WorkerLink::take_arp(std::span<rte_mbuf*> room) noexcept {
  return take(arp_.get(), room);
}

std::size_t WorkerLink::take_punted(std::span<rte_mbuf*> room) noexcept {
  return take(punt_.get(), room);
}

bool WorkerLink::take_wanted(NeighbourNote& note) noexcept {
  return rte_ring_sc_dequeue_elem(wanted_.get(), &note, sizeof note) == 0;
}

bool WorkerLink::route(rte_mbuf* packet) noexcept {
  return rte_ring_sp_enqueue(from_kernel_.get(), packet) == 0;
}

bool WorkerLink::transmit(rte_mbuf* packet) noexcept {
  return rte_ring_sp_enqueue(transmit_.get(), packet) == 0;
}

bool WorkerLink::tell(const NeighbourNote& note) noexcept {
  NeighbourNote copy = note;
  return rte_ring_sp_enqueue_elem(known_.get(), &copy, sizeof copy) == 0;
}

bool WorkerLink::order(const ConnectionOrder& order) noexcept {
  ConnectionOrder copy = order;
  return rte_ring_sp_enqueue_elem(orders_.get(), &copy, sizeof copy) == 0;
}

bool WorkerLink::ask(const ConnectionQuery& query) noexcept {
  ConnectionQuery copy = query;
  return rte_ring_sp_enqueue_elem(questions_.get(), &copy, sizeof copy) == 0;
}

bool WorkerLink::take_row(std::size_t asker, ConnectionRow& row) noexcept {
  return rte_ring_sc_dequeue_elem(rows_[asker].get(), &row, sizeof row) == 0;
}

WorkerLink::UnderWay WorkerLink::under_way() const noexcept {
  return {std::uint64_t{rte_ring_count(punt_.get())} + rte_ring_count(arp_.get()),
          rte_ring_count(from_kernel_.get()), rte_ring_count(transmit_.get()), 0};
}

}  // namespace spillway
