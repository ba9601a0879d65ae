#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "control/linux/sysctl.h"
#include "control/linux/tap.h"
#include "control/router/linux_side.h"

namespace spillway {

/// The router's end of a companion interface.
struct LinuxSide::Companion {
  Companion(boost::asio::io_context& loop, const RouterPort& p)
      : port(p), tap(p.name, p.device->mac()), readable(loop, tap.descriptor()) {}
  // The descriptor is the tap's to close.
  ~Companion() { readable.release(); }
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  const RouterPort& port;
  linux_side::Sysctls sysctls;
  linux_side::Tap tap;
  boost::asio::posix::stream_descriptor readable;
};

}  // namespace spillway
