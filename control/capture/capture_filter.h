#pragma once

#include <pcap/pcap.h>

#include <string>

namespace spillway {

/// A tcpdump expression, compiled for Ethernet frames. Thread contract: immutable once made.
class CaptureFilter {
 public:
  /// `most` bytes of a frame are looked at. Throws std::invalid_argument that says what is wrong:
  /// also for a name that would have to be looked up, which could take for ever.
  CaptureFilter(const std::string& expression, int most);
  ~CaptureFilter();
  CaptureFilter(const CaptureFilter&) = delete;
  CaptureFilter& operator=(const CaptureFilter&) = delete;

  const bpf_insn* program() const noexcept { return program_.bf_insns; }

 private:
  bpf_program program_{};
};

}  // namespace spillway
