#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "control/capture/pcapng_writer.h"
#include "control/replay/capture/capture.h"
#include "control/replay/capture/link_layer.h"
#include "tests/support/capture_files.h"
#include "tests/support/frames.h"

namespace spillway::replay {
namespace {

using test::Bytes;
using test::CaptureFrame;
using test::TemporaryFile;

Bytes packet() {
  const Bytes frame = test::build_frame({});
  return {frame.begin() + 14, frame.end()};
}

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

const Bytes kMacs = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

struct LinkRow {
  const char* what;
  std::uint32_t link_type;
  Bytes header;
  std::uint16_t ethertype = 0x0800;
  LinkCast cast = LinkCast::unknown;
};

std::vector<LinkRow> link_rows() {
  const Bytes snap = {0xaa, 0xaa, 3, 0, 0, 0, 8, 0};
  const Bytes to_us = {2, 0, 0, 0, 0, 1};
  const Bytes data_frame = join({{0x08, 0x02, 0, 0}, to_us, Bytes(12, 2), {0, 0}});
  return {
      {"Ethernet", 1, join({kMacs, {8, 0}}), 0x0800, LinkCast::unicast},
      {"Ethernet broadcast", 1, join({Bytes(6, 0xff), Bytes(6, 2), {8, 0}}), 0x0800,
       LinkCast::broadcast},
      {"Ethernet multicast", 1, join({{1, 0, 0x5e, 0, 0, 1}, Bytes(6, 2), {8, 0}}), 0x0800,
       LinkCast::multicast},
      {"VLAN", 1, join({kMacs, {0x81, 0, 0, 5, 8, 0}}), 0x0800, LinkCast::unicast},
      {"QinQ", 1, join({kMacs, {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0}}), 0x0800,
       LinkCast::unicast},
      {"PPPoE", 1, join({kMacs, {0x88, 0x64, 0x11, 0, 0, 1, 0, 30, 0, 0x21}}), 0x0800,
       LinkCast::unicast},
      {"MPLS", 1, join({kMacs, {0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64}}), 0x0800, LinkCast::unicast},
      {"802.3 with SNAP", 1, join({kMacs, {0, 40}, snap}), 0x0800, LinkCast::unicast},
      {"IPv6", 1, join({kMacs, {0x86, 0xdd}}), 0x86dd, LinkCast::unicast},
      {"spanning tree", 1, join({kMacs, {0, 38, 0x42, 0x42, 3}}), 0, LinkCast::unicast},
      {"raw IP", 101, {}, 0x0800},
      {"IPv4", 228, {}, 0x0800},
      {"Linux cooked", 113, join({{0, 0, 0, 1, 0, 6}, Bytes(8, 2), {8, 0}}), 0x0800,
       LinkCast::unicast},
      {"Linux cooked broadcast", 113, join({{0, 1, 0, 1, 0, 6}, Bytes(8, 2), {8, 0}}), 0x0800,
       LinkCast::broadcast},
      {"Linux cooked v2", 276, join({{8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6}, Bytes(8, 2)}), 0x0800,
       LinkCast::unicast},
      {"BSD loopback", 0, {2, 0, 0, 0}, 0x0800},
      {"BSD loopback, other order", 0, {0, 0, 0, 2}, 0x0800},
      {"OpenBSD loopback", 108, {0, 0, 0, 2}, 0x0800},
      {"PPP", 9, {0xff, 3, 0, 0x21}, 0x0800},
      {"PPP without framing", 9, {0, 0x21}, 0x0800},
      {"PPP compressed", 9, {0x21}, 0x0800},
      {"Cisco HDLC", 104, {0x0f, 0, 8, 0}, 0x0800},
      {"802.11", 105, join({data_frame, snap}), 0x0800, LinkCast::unicast},
      {"radiotap", 127, join({{0, 0, 8, 0, 0, 0, 0, 0}, data_frame, snap}), 0x0800,
       LinkCast::unicast},
      {"802.11 encrypted", 105, join({{0x08, 0x42, 0, 0}, to_us, Bytes(12, 2), {0, 0}, snap}), 0,
       LinkCast::unicast},
      {"802.11 beacon", 105, join({{0x80, 0, 0, 0}, Bytes(6, 0xff), Bytes(12, 2), {0, 0}}), 0,
       LinkCast::broadcast},
  };
}

TEST(LinkLayer, EachKindIsTakenOff) {
  for (const LinkRow& row : link_rows()) {
    const TemporaryFile file(
        test::pcap_bytes({{0, join({row.header, packet()}), 0}}, {row.link_type}));
    CaptureReader reader(file.path());
    const auto got = reader.next();
    ASSERT_TRUE(got) << row.what;
    EXPECT_EQ(got->ethertype, row.ethertype) << row.what;
    EXPECT_EQ(got->cast, row.cast) << row.what;
    if (row.ethertype == 0x0800) {
      EXPECT_EQ(Bytes(got->bytes.begin(), got->bytes.end()), packet()) << row.what;
    }
  }
}

TEST(LinkLayer, R44_HeadersCutAnywhereAreHandled) {
  for (const LinkRow& row : link_rows()) {
    const Bytes whole = join({row.header, packet()});
    for (std::size_t n = 0; n <= row.header.size(); ++n) {
      const std::vector<std::uint8_t> exact(whole.begin(),
                                            whole.begin() + static_cast<std::ptrdiff_t>(n));
      const int dlt = row.link_type == 101 ? 12 : static_cast<int>(row.link_type);
      EXPECT_LE(find_network_part(dlt, exact).offset, n) << row.what;
    }
  }
}

RC_GTEST_PROP(LinkLayer, R44_AnyBytesAreHandled, (const Bytes& noise)) {
  for (const int type : {0, 1, 9, 12, 50, 51, 104, 105, 108, 113, 119, 127, 163, 228, 276})
    RC_ASSERT(find_network_part(type, noise).offset <= noise.size());
}

TEST(CaptureReader, EveryFormGivesTheSame) {
  const Bytes frame = test::build_frame({});
  const std::vector<CaptureFrame> frames = {{1'000'000'123'456'000, frame, 0},
                                            {1'000'000'123'457'000, frame, 0}};
  const std::pair<Bytes, const char*> forms[] = {
      {test::pcap_bytes(frames), "pcap"},
      {test::pcap_bytes(frames, {1, true, false}), "pcap"},
      {test::pcap_bytes(frames, {1, false, true}), "pcap"},
      {test::pcapng_bytes(frames), "pcapng"},
      {test::gzipped(test::pcap_bytes(frames)), "pcap (gzip)"},
      {test::gzipped(test::pcapng_bytes(frames)), "pcapng (gzip)"}};
  for (const auto& [bytes, format] : forms) {
    const TemporaryFile file(bytes);
    CaptureReader reader(file.path());
    EXPECT_EQ(reader.format(), format);
    EXPECT_EQ(reader.link_type(), "EN10MB");
    const auto first = reader.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->frame, 1u);
    EXPECT_EQ(first->time_ns, frames[0].time_ns);
    EXPECT_EQ(reader.next()->frame, 2u);
    EXPECT_FALSE(reader.next());
    EXPECT_EQ(reader.damage(), "");
  }
}

TEST(CaptureReader, NanosecondsAreKept) {
  const TemporaryFile file(
      test::pcap_bytes({{1'000'000'001, test::build_frame({}), 0}}, {1, false, true}));
  EXPECT_EQ(CaptureReader(file.path()).next()->time_ns, 1'000'000'001);
}

TEST(CaptureReader, SaysWhatTheSnapLengthCut) {
  const TemporaryFile file(test::pcap_bytes({{0, test::build_frame({}), 1500}}));
  CaptureReader reader(file.path());
  EXPECT_EQ(reader.next()->missing, 1500 - test::build_frame({}).size());
}

std::string error_of(const Bytes& bytes) {
  const TemporaryFile file(bytes);
  try {
    CaptureReader reader(file.path());
  } catch (const CaptureError& e) {
    return std::string(e.what()).substr(file.path().size());
  }
  return "no error";
}

TEST(CaptureReader, WhatIsNoCaptureIsSaidClearly) {
  EXPECT_EQ(error_of({}), ": is empty");
  EXPECT_NE(error_of({1, 2, 3, 4, 5, 6, 7, 8}).find("not a readable capture"), std::string::npos);
  EXPECT_NE(error_of(test::pcap_bytes({}, {147})).find("carries no IP packets"), std::string::npos);
  EXPECT_NE(error_of(test::pcap_bytes({}, {189})).find("(189)"), std::string::npos);
  EXPECT_THROW(CaptureReader("/nonexistent.pcap"), CaptureError);
  EXPECT_THROW(CaptureReader("/"), CaptureError);
}

TEST(CaptureReader, AFileWithoutFramesIsFine) {
  const TemporaryFile file(test::pcap_bytes({}));
  CaptureReader reader(file.path());
  EXPECT_FALSE(reader.next());
  EXPECT_EQ(reader.damage(), "");
}

/// Frames that can be read from the first `n` bytes of a file.
std::size_t readable(const Bytes& bytes, std::size_t n, std::string& damage) {
  const TemporaryFile file(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)));
  std::size_t frames = 0;
  try {
    CaptureReader reader(file.path());
    while (reader.next()) ++frames;
    damage = reader.damage();
  } catch (const CaptureError& e) {
    damage = e.what();
  }
  return frames;
}

TEST(CaptureReader, R44_TruncatedAtAnyByteTheFramesBeforeAreUsed) {
  const Bytes frame = test::build_frame({});
  const std::vector<CaptureFrame> frames = {{0, frame, 0}, {1000, frame, 0}};
  const Bytes whole = test::pcap_bytes(frames);
  const std::size_t record = 16 + frame.size();
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    std::string damage;
    const std::size_t got = readable(whole, n, damage);
    EXPECT_EQ(got, n < 24 ? 0 : (n - 24) / record) << n;
    const bool clean = n >= 24 && (n - 24) % record == 0;
    EXPECT_EQ(damage.empty(), clean) << n << damage;
  }
  for (const Bytes& other : {test::pcapng_bytes(frames), test::gzipped(whole)}) {
    std::size_t before = 0;
    for (std::size_t n = 0; n <= other.size(); ++n) {
      std::string damage;
      const std::size_t got = readable(other, n, damage);
      EXPECT_GE(got, before) << n;
      before = got;
    }
    EXPECT_EQ(before, 2u);
  }
}

TEST(CaptureReader, DamageNamesTheFrame) {
  const Bytes frame = test::build_frame({});
  const Bytes whole = test::pcap_bytes({{0, frame, 0}, {0, frame, 0}});
  std::string damage;
  readable(whole, whole.size() - 3, damage);
  EXPECT_NE(damage.find("damaged after frame 1"), std::string::npos) << damage;
}

RC_GTEST_PROP(CaptureReader, R44_AnyBytesAreHandled, (const Bytes& noise)) {
  std::string damage;
  readable(noise, noise.size(), damage);
  Bytes spoilt = test::pcap_bytes({{0, test::build_frame({}), 0}, {0, test::build_frame({}), 0}});
  const auto at = *rc::gen::inRange<std::size_t>(0, spoilt.size());
  spoilt[at] = *rc::gen::arbitrary<std::uint8_t>();
  readable(spoilt, spoilt.size(), damage);
}

TEST(PcapngWriter, SaysWhichFileCannotBeWritten) {
  try {
    PcapngWriter writer("/nonexistent/x.pcapng", "x");
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("/nonexistent/x.pcapng: cannot be written"),
              std::string::npos);
  }
}

TEST(PcapngWriter, AFullDiskIsAnError) {
  PcapngWriter writer("/dev/full", "x");
  for (int i = 0; i < 1000; ++i) writer.write(0, test::build_frame({}));
  EXPECT_THROW(writer.close(), std::runtime_error);
}

}  // namespace
}  // namespace spillway::replay
