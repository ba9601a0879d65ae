# shellcheck shell=bash disable=SC2034
# Real captures out of Debian packages. They are fetched with the package manager, through lists of
# our own, so that nothing of the machine's configuration changes.

readonly CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/spillway"
# Of ndpi 4.2: a phone that watches films, 6,999 packets in 90 s at 0.8 Mbit/s. Played twelve times
# as fast it crosses the talk's threshold.
readonly DEMO_CAPTURE=netflix.pcap
readonly DEMO_SCALE=12
readonly DEMO_SHA256=10dbbf14d369ba67afb7a816600dd1b584758eec1832578e26fd26dcf5971c72
readonly NDPI_VERSION=4.2

# The machine's package sources with their deb lines turned into deb-src, one-line style.
source_lines() {
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -f $file ]] && sed -n 's/^deb \(.*\)/deb-src \1/p' "$file"
  done
  return 0
}

# deb822 style: the same with `Types: deb-src`.
source_stanzas() {
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -f $file ]] && { sed 's/^Types:.*/Types: deb-src/' "$file"; echo; }
  done
  return 0
}

# apt_privately WORK apt-command...: apt-get with the lists in WORK.
apt_privately() {
  local work=$1
  shift
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts"
  source_lines >"$work/sources.list"
  source_stanzas >"$work/parts/all.sources"
  apt-get -q -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/parts" \
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" \
    -o "APT::Sandbox::User=$(id -un)" "$@"
}

# fetch_ndpi WORK: leaves the source archive of ndpi (121 MB) as WORK/ndpi.tar.gz.
fetch_ndpi() {
  local work=$1
  mkdir -p "$work"
  apt_privately "$work" update >/dev/null 2>&1 || return 1
  # A missing part of the packaging does not matter: only the upstream archive is wanted.
  (cd "$work" && apt_privately "$work" source --download-only --only-source \
    "ndpi=$NDPI_VERSION*" >/dev/null 2>&1) ||
    (cd "$work" && apt_privately "$work" source --download-only ndpi >/dev/null 2>&1) || true
  local archive
  archive=$(find "$work" -maxdepth 1 -name "ndpi_$NDPI_VERSION.orig.tar.*" | head -n 1)
  [[ -n $archive ]] || return 1
  mv "$archive" "$work/ndpi.tar.gz"
}

# fetch_package_files WORK PACKAGE: unpacks a binary package into WORK/PACKAGE.
fetch_package_files() {
  local work=$1 package=$2
  mkdir -p "$work/deb"
  (cd "$work/deb" && apt-get download -q "$package" >/dev/null 2>&1) || return 1
  dpkg-deb -x "$(find "$work/deb" -name "${package}_*.deb" | head -n 1)" "$work/$package"
}

# demo_capture: prints where the demo's capture is, after fetching it if need be.
demo_capture() {
  local file="$CACHE/$DEMO_CAPTURE" work
  if [[ ! -f $file ]]; then
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" RETURN
    echo "fetching a real capture (source package ndpi $NDPI_VERSION, 121 MB, once)" >&2
    fetch_ndpi "$work" || return 1
    mkdir -p "$CACHE"
    tar -xzf "$work/ndpi.tar.gz" -C "$work" --wildcards "*/tests/pcap/$DEMO_CAPTURE" || return 1
    mv "$(find "$work" -path "*/tests/pcap/$DEMO_CAPTURE" | head -n 1)" "$file.new"
    mv "$file.new" "$file"
  fi
  echo "$DEMO_SHA256  $file" | sha256sum --check --status || { rm -f "$file"; return 1; }
  echo "$file"
}

# fallback_capture: a smaller package; its rates need scaling to cross the thresholds.
fallback_capture() {
  local file="$CACHE/pathspider-real.pcap" work
  if [[ ! -f $file ]]; then
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" RETURN
    echo "fetching a smaller capture (package pathspider, 6 MB)" >&2
    fetch_package_files "$work" pathspider || return 1
    mkdir -p "$CACHE"
    mv "$(find "$work/pathspider" -path '*/tests/data/real.pcap' | head -n 1)" "$file"
  fi
  echo "$file"
}
