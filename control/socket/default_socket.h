#pragma once

namespace spillway {

/// Where a router listens, and is looked for, unless told otherwise.
inline constexpr char kDefaultSocket[] = "/run/spillway.sock";

}  // namespace spillway
