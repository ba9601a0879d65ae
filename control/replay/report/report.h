#pragma once
// What a replay found out: plain values that the engine fills and the writers (text, JSON, HTML)
// print.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/units.h"

namespace spillway::replay {

/// All times are seconds of router time since the first packet of the capture (after scaling).
struct UplinkSample {
  double time = 0;
  std::vector<BitsPerSecond> rx;               ///< per uplink, over the monitors' window
  std::vector<BitsPerSecond> tx;               ///< per uplink
  std::vector<std::uint32_t> new_connections;  ///< per uplink, since the sample before
};

struct SwitchEvent {
  double time = 0;
  std::string from;   ///< uplink name, or "none"
  std::string to;     ///< uplink name, or "none"
  std::string cause;  ///< e.g. "LB1: ISP_1 received 5400000 bit/s above 5242880 bit/s"
  std::map<std::string, BitsPerSecond> rates;  ///< received rate per uplink at that moment
};

/// All uplinks carried more than they may, or no longer.
struct OverloadEvent {
  double time = 0;
  std::string text;  ///< a sentence
};

struct UplinkTotals {
  std::string name;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bytes = 0;
  BitsPerSecond peak_rx;
  BitsPerSecond peak_tx;
  std::uint64_t connections = 0;
};

struct ThresholdLine {
  std::string uplink;
  std::string label;  ///< monitor name or "spill above" / "return below"
  BitsPerSecond value;
};

/// One verification that failed; only the first few are kept, all are counted.
struct Failure {
  std::uint64_t frame = 0;  ///< number in the capture, from 1, as Wireshark shows it
  double time = 0;
  std::string kind;  ///< "not_delivered", "mis_delivered", "bad_checksum", ...
  std::string detail;
};

struct CaptureFacts {
  std::string file;
  std::string format;     ///< "pcap", "pcapng", "pcap (gzip)"
  std::string link_type;  ///< libpcap's name
  std::uint64_t frames = 0;
  double seconds = 0;        ///< of the capture, before scaling
  std::string lan_networks;  ///< which hosts were taken for the LAN, and why
  std::uint64_t lan_hosts = 0;
  std::vector<std::string> warnings;              ///< damage, time running backwards, ...
  std::map<std::string, std::uint64_t> skipped;   ///< frames never fed to the router, by reason
  std::map<std::string, std::uint64_t> adjusted;  ///< e.g. "padded_to_original_length"
};

struct Report {
  std::string version;
  std::string config_file;
  std::string speed;         ///< "virtual", "real" or "max"
  double time_scale = 1;     ///< 2: the capture plays twice as fast
  std::uint32_t rounds = 1;  ///< how often the capture was played
  CaptureFacts capture;

  // Packets at the router's ports.
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t packets_dropped = 0;
  std::uint64_t packets_held = 0;       ///< still queued at the end; 0 unless something is wrong
  std::uint64_t packets_generated = 0;  ///< made by the router itself
  std::map<std::string, std::uint64_t> drops;
  bool balanced = false;

  // Verification.
  std::uint64_t replies_due = 0;        ///< captured replies that the router had to deliver
  std::uint64_t replies_delivered = 0;  ///< of these, delivered and right
  std::uint64_t not_delivered = 0;      ///< should have left a port and did not
  std::uint64_t mis_delivered = 0;
  std::uint64_t changed_uplink = 0;
  std::uint64_t bad_checksum = 0;
  std::uint64_t bad_source = 0;
  std::uint64_t bad_payload = 0;  ///< bytes changed that no translation may change
  std::uint64_t wrong_drop = 0;   ///< dropped for a reason that does not hold
  std::vector<Failure> failures;

  std::map<std::string, std::uint64_t> connections;           ///< by mark
  std::map<std::string, std::uint64_t> connections_protocol;  ///< by protocol
  std::vector<UplinkTotals> uplinks;
  std::vector<SwitchEvent> switches;
  std::vector<OverloadEvent> overloads;
  std::vector<UplinkSample> samples;
  std::vector<ThresholdLine> thresholds;

  double clocks_per_packet = 0;   ///< TSC clocks of the worker's poll per packet received
  double packets_per_second = 0;  ///< that one worker could take, by these clocks
  double wall_seconds = 0;        ///< with all of the verification

  bool verified() const noexcept {
    return balanced && packets_held == 0 && not_delivered == 0 && mis_delivered == 0 &&
           changed_uplink == 0 && bad_checksum == 0 && bad_source == 0 && bad_payload == 0 &&
           wrong_drop == 0;
  }
};

}  // namespace spillway::replay
