# shellcheck shell=bash
# Builds in build/NAME; meson finds by itself what changed.

# build_in NAME [meson options...]
build_in() {
  set_up_in "$@" && ninja -C "build/$1" --quiet
}

# build_only NAME TARGET...: some programs, with the options of the last set-up, or the usual ones.
build_only() {
  local directory="build/$1"
  [[ -f $directory/build.ninja ]] || set_up_in "$1" || return 1
  shift
  ninja -C "$directory" --quiet "$@" >&2
}

set_up_in() {
  local directory="build/$1"
  shift
  if [[ ! -f $directory/build.ninja ]]; then
    rm -rf "$directory"
    meson setup "$directory" "$@" >"/tmp/spillway-setup.$$" 2>&1 ||
      { cat "/tmp/spillway-setup.$$" >&2; rm -f "/tmp/spillway-setup.$$"; return 1; }
    rm -f "/tmp/spillway-setup.$$"
  fi
}

# DPDK finds the CPUs in /sys, which a plain chroot lacks. As root the command runs again with it
# mounted. In a chroot the mounts cannot be made private, so they are undone when the command ends.
with_kernel_files() {  # with_kernel_files FOLDER COMMAND..., before anything else
  [[ ! -d /sys/devices/system/cpu || ! -e /proc/self ]] || return 0
  [[ $(id -u) -eq 0 && -z ${SPILLWAY_MOUNTED:-} ]] ||
    die "/sys and /proc are not mounted: mount -t sysfs sysfs /sys; mount -t proc proc /proc"
  echo "mounting /sys and /proc for this command alone" >&2
  # shellcheck disable=SC2016
  SPILLWAY_MOUNTED=1 exec unshare --mount --propagation unchanged bash -c '
    mounted=()
    trap "umount \"\${mounted[@]}\"" EXIT
    [[ -e /proc/self ]] || { mount -t proc proc /proc && mounted+=(/proc); }
    [[ -d /sys/devices/system/cpu ]] || { mount -t sysfs sysfs /sys && mounted+=(/sys); }
    cd "$1" && shift && "$@"' _ "$@"
}
