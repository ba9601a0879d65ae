#pragma once
// IPv4 fragmentation as RFC 791 3.2 describes it, written apart from what the router uses, so that
// one can be held against the other.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spillway::test {

/// Cuts a frame of build_frame before each of `cuts`: offsets into the IPv4 payload, ascending
/// multiples of 8. Options are copied as their copied flag says.
std::vector<std::vector<std::uint8_t>> cut_at(const std::vector<std::uint8_t>& frame,
                                              const std::vector<std::size_t>& cuts);

/// The same in pieces of `size` bytes of payload.
std::vector<std::vector<std::uint8_t>> cut_every(const std::vector<std::uint8_t>& frame,
                                                 std::size_t size);

/// The frame that the fragments, in any order, were cut from; empty when they leave a hole or
/// overlap, when one has a wrong header checksum, or when they differ in more than they may.
std::vector<std::uint8_t> put_together(std::vector<std::vector<std::uint8_t>> fragments);

/// Flags and offset of a frame's IPv4 header, host order.
std::uint16_t fragment_word(const std::vector<std::uint8_t>& frame);

}  // namespace spillway::test
