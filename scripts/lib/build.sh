# shellcheck shell=bash
# Builds in build/NAME; meson finds by itself what changed.

# build_in NAME [meson options...]
build_in() {
  local directory="build/$1"
  shift
  if [[ ! -f $directory/build.ninja ]]; then
    rm -rf "$directory"
    meson setup "$directory" "$@" >"/tmp/spillway-setup.$$" 2>&1 ||
      { cat "/tmp/spillway-setup.$$" >&2; rm -f "/tmp/spillway-setup.$$"; return 1; }
    rm -f "/tmp/spillway-setup.$$"
  fi
  ninja -C "$directory" --quiet
}
