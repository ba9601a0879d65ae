# shellcheck shell=bash disable=SC2034
# Which Debian packages each job needs, and how they get installed.

readonly BUILD_PACKAGES=(g++ meson ninja-build pkg-config libdpdk-dev libconfig++-dev
  libboost-dev libboost-program-options-dev libpcap-dev zlib1g-dev nlohmann-json3-dev libspdlog-dev
  libnl-route-3-dev libnuma-dev prometheus-cpp-dev)
readonly TEST_PACKAGES=(libgtest-dev libgmock-dev librapidcheck-dev valgrind prometheus)
readonly CHECK_PACKAGES=(git clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev shellcheck
  gcovr mandoc)
readonly BENCH_PACKAGES=(python3 dpdk-dev iproute2 nftables procps util-linux)
readonly DEMO_PACKAGES=(ca-certificates xz-utils)
readonly LAB_PACKAGES=(iproute2 nftables ethtool procps util-linux iputils-ping iputils-tracepath
  traceroute tcpdump iperf3 dnsmasq-base bind9-dnsutils udhcpc rsync curl python3 python3-pytest
  python3-scapy dpdk-dev)

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  else
    command -v sudo >/dev/null || die "must install packages: run as root, or install sudo"
    sudo "$@"
  fi
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Installs those of the named packages that are missing; quick and offline when none is.
install_packages() {
  local missing=() package
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  echo "installing: ${missing[*]}" >&2
  local log
  log=$(mktemp)
  as_root apt-get update -qq >"$log" 2>&1 ||
    { cat "$log" >&2; die "apt-get update failed: no package source can be reached"; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >"$log" 2>&1 || { cat "$log" >&2; die "apt-get could not install: ${missing[*]}"; }
  rm -f "$log"
  for package in "${missing[@]}"; do
    is_installed "$package" || die "package $package is still missing after apt-get install"
  done
}
