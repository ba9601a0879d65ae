#pragma once
// Where the wire takes its commands.

#include <functional>
#include <string>

namespace spillway::wire {

/// A Unix datagram socket; its file goes when this ends. A sender with an address of its own gets
/// an answer.
class ControlSocket {
 public:
  /// Throws std::runtime_error, also when the file exists.
  explicit ControlSocket(const std::string& path);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  int descriptor() const { return fd_; }

  /// Takes one command if there is one.
  void serve(const std::function<std::string(const std::string&)>& obey) const;

 private:
  std::string path_;
  int fd_;
};

}  // namespace spillway::wire
