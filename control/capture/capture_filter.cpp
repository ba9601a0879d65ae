#include "control/capture/capture_filter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace spillway {
namespace {

/// The words of pcap-filter(7) that no name service is asked for.
constexpr std::array<std::string_view, 52> kWords = {"host",         "net",
                                                     "port",         "portrange",
                                                     "src",          "dst",
                                                     "and",          "or",
                                                     "not",          "ether",
                                                     "ip",           "ip6",
                                                     "arp",          "rarp",
                                                     "tcp",          "udp",
                                                     "icmp",         "icmp6",
                                                     "igmp",         "proto",
                                                     "broadcast",    "multicast",
                                                     "less",         "greater",
                                                     "mask",         "len",
                                                     "gre",          "esp",
                                                     "ah",           "sctp",
                                                     "vrrp",         "carp",
                                                     "vlan",         "tcpflags",
                                                     "tcp-fin",      "tcp-syn",
                                                     "tcp-rst",      "tcp-push",
                                                     "tcp-ack",      "tcp-urg",
                                                     "tcp-ece",      "tcp-cwr",
                                                     "icmptype",     "icmpcode",
                                                     "icmp-echo",    "icmp-echoreply",
                                                     "icmp-unreach", "icmp-timxceed",
                                                     "inbound",      "outbound",
                                                     "link",         "protochain"};

bool is_word_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == ':' ||
         c == '_';
}

/// Numbers, IPv4, IPv6 and Ethernet addresses: what begins with a digit, or is written in
/// hexadecimal with colons.
bool is_number(std::string_view word) {
  const auto is_hex = [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
  };
  const bool digits = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
  const bool hex = std::all_of(word.begin(), word.end(), is_hex);
  const bool prefixed = word.starts_with("0x") && std::all_of(word.begin() + 2, word.end(), is_hex);
  const bool range = digits && std::all_of(word.begin(), word.end(), [](char c) {
                       return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
                     });
  return prefixed || range || (hex && (digits || word.find(':') != std::string_view::npos));
}

void refuse_names(const std::string& expression) {
  for (std::size_t at = 0; at < expression.size();) {
    if (!is_word_part(expression[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < expression.size() && is_word_part(expression[end])) ++end;
    std::string_view word = std::string_view(expression).substr(at, end - at);
    at = end;
    if (word.find_first_not_of('-') == std::string_view::npos) continue;  // minus
    // As in tcp[12:1]: within brackets.
    if (std::find(kWords.begin(), kWords.end(), word) != kWords.end() || is_number(word)) continue;
    throw std::invalid_argument("found \"" + std::string(word) +
                                "\"; allowed: a tcpdump expression with addresses and numbers, "
                                "names are not looked up");
  }
}

struct Close {
  void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};

}  // namespace

CaptureFilter::CaptureFilter(const std::string& expression, int most) {
  refuse_names(expression);
  const std::unique_ptr<pcap_t, Close> handle(pcap_open_dead(DLT_EN10MB, most));
  if (!handle) throw std::invalid_argument("no memory for a filter");
  if (pcap_compile(handle.get(), &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0)
    throw std::invalid_argument("found \"" + expression +
                                "\"; allowed: a tcpdump expression: " + pcap_geterr(handle.get()));
}

CaptureFilter::~CaptureFilter() {
  pcap_freecode(&program_);
}

}  // namespace spillway
