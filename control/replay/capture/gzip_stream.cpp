#include "control/replay/capture/gzip_stream.h"

#include <sys/types.h>
#include <zlib.h>

namespace spillway::replay {
namespace {

struct Stream {
  gzFile file;
  std::shared_ptr<std::string> error;
};

ssize_t read_stream(void* cookie, char* buffer, std::size_t size) {
  auto* stream = static_cast<Stream*>(cookie);
  const int n = gzread(stream->file, buffer, static_cast<unsigned>(size));
  int code = Z_OK;
  const char* text = gzerror(stream->file, &code);
  if (code != Z_OK && code != Z_STREAM_END)
    *stream->error =
        std::string("gzip: ") + (code == Z_BUF_ERROR ? "unexpected end of file" : text);
  // To libpcap, damage is the end: what came before stays good.
  return n < 0 ? 0 : n;
}

int close_stream(void* cookie) {
  auto* stream = static_cast<Stream*>(cookie);
  gzclose(stream->file);
  delete stream;
  return 0;
}

}  // namespace

std::FILE* open_gzip(const std::string& path, std::shared_ptr<std::string> error) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return nullptr;
  auto stream = std::make_unique<Stream>(Stream{file, std::move(error)});
  const cookie_io_functions_t functions{read_stream, nullptr, nullptr, close_stream};
  std::FILE* result = fopencookie(stream.get(), "rb", functions);
  if (result == nullptr)
    gzclose(file);
  else
    static_cast<void>(stream.release());
  return result;
}

std::string gzip_peek(const std::string& path, std::size_t length) {
  std::string bytes(length, '\0');
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return {};
  const int n = gzread(file, bytes.data(), static_cast<unsigned>(length));
  gzclose(file);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

}  // namespace spillway::replay
