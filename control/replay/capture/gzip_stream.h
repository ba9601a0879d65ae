#pragma once
// Compressed captures as a stdio stream, which is what libpcap reads from.

#include <cstdio>
#include <memory>
#include <string>

namespace spillway::replay {

/// Null with errno set when `path` cannot be opened. What decompresses before damage is readable;
/// `*error` then says what is wrong. The caller closes the stream.
std::FILE* open_gzip(const std::string& path, std::shared_ptr<std::string> error);

/// At most `length` decompressed bytes from the start.
std::string gzip_peek(const std::string& path, std::size_t length);

}  // namespace spillway::replay
