# shellcheck shell=bash
# The rules of the source tree that no compiler knows. Each prints what it found and fails then.
# They look at the current directory, so that they can be tried on a copy.

sources() {
  find dataplane control tests -name '*.h' -o -name '*.cpp' | sort
}

# Where every packet passes: no exceptions, allocation, locks, logs, system calls, dynamic dispatch.
readonly HOT_FOLDERS=(dataplane/net dataplane/conn dataplane/wan dataplane/path)
readonly FORBIDDEN='\b(throw|try|catch|new|delete|malloc|calloc|free|make_unique|make_shared|virtual|dynamic_cast)\b|std::(mutex|lock_guard|function|string\b|cout|cerr|thread)|\b(printf|fprintf|syslog|RTE_LOG|usleep|nanosleep|time|gettimeofday)\s*\(|push_back|emplace_back|(steady|system)_clock|(?<![\w>])::(read|write|send|recv|ioctl|open|close)\('

# scripts/hot-path-allow lists `FILE TOKEN` for what runs at construction or on the control core.
rule_hot_path() {
  local found=0 file number token hits entry
  hits=$(grep -rnoP --include='*.h' --include='*.cpp' \
    '^(?:(?!//|= delete;|#include).)*?\K(?:'"$FORBIDDEN"')' "${HOT_FOLDERS[@]}" | sort -u)
  while IFS=: read -r file number token; do
    grep -qxF "$file $token" scripts/hot-path-allow && continue
    echo "$file:$number: \`$token\` in a hot-path folder; see scripts/hot-path-allow"
    found=1
  done <<<"$hits"
  while read -r entry; do
    file=${entry%% *} token=${entry#* }
    grep -qE "^$file:[0-9]+:" <<<"$(grep -F ":$token" <<<"$hits")" && continue
    echo "scripts/hot-path-allow: '$entry' is no longer needed"
    found=1
  done < <(grep -v '^#' scripts/hot-path-allow)
  return $found
}

# includes_only FOLDER REGEX: every project header that FOLDER includes must match.
includes_only() {
  ! grep -rnE --include='*.h' --include='*.cpp' '^#include "' "$1" |
    grep -vE "#include \"($2)\"" | sed 's/$/: wrong direction/'
}

# control -> path -> conn, wan -> net; headers directly in dataplane/ are vocabulary for all.
rule_include_direction() {
  local status=0 words='dataplane/[a-z_]+\.h'
  includes_only dataplane/net "$words|dataplane/net/.*" || status=1
  includes_only dataplane/conn "$words|dataplane/(net|conn)/.*|dataplane/wan/uplink_id\.h" || status=1
  includes_only dataplane/wan "$words|dataplane/(net|wan)/.*|dataplane/conn/(flow_key|mark)\.h" ||
    status=1
  includes_only dataplane/path 'dataplane/.*' || status=1
  includes_only control '(dataplane|control)/.*' || status=1
  return $status
}

# Only where an EAL runs anyway: everything else can be tested as plain functions.
rule_eal_only_where_allowed() {
  ! grep -rnE '^#include <rte_' dataplane --include='*.h' --include='*.cpp' |
    grep -vE '^dataplane/(path/|conn/connection_table\.|wan/policy_table\.)' |
    sed 's/$/: DPDK in a pure folder/'
}

# Every reason to drop a packet is named in a test.
rule_drop_reasons_tested() {
  local reason status=0
  while read -r reason; do
    grep -rqE "(DropReason::|\")$reason\b" tests --include='*.cpp' ||
      { echo "DropReason::$reason is in no test"; status=1; }
  done < <(sed -n 's/^ *X(\([a-z0-9_]*\),.*/\1/p' dataplane/drop_reason.h)
  return $status
}

# Every requirement that is not open has a test with its number in its name.
rule_requirements_tested() {
  local row status=0
  while read -r row; do
    grep -rqE "\\b(test_)?([A-Z][0-9]{2}_)*${row}_" tests --include='*.cpp' --include='*.py' ||
      { echo "docs/requirements.md: $row has no test"; status=1; }
  done < <(sed '/^- /{:a;N;/\n  /{s/\n  / /;ba;};P;D;}' docs/requirements.md |
    sed -n '/(\*open\*)/!s/^- \(R[0-9][0-9]\) .*/\1/p')
  return $status
}

# Files stay readable: 400 lines at most, and a header says #pragma once.
rule_file_form() {
  local status=0 file lines
  while read -r file; do
    lines=$(wc -l <"$file")
    if [[ $lines -gt 400 ]] && ! grep -q '^// Long because' "$file"; then
      echo "$file: $lines lines; over 400 needs a reason: // Long because ..."
      status=1
    fi
    if [[ $file == *.h ]] && ! grep -q '^#pragma once' "$file"; then
      echo "$file: no #pragma once"
      status=1
    fi
  done < <(sources)
  return $status
}

rule_format() {
  sources | xargs clang-format-14 --dry-run -Werror
}

shell_scripts() {
  grep -rlE '^#!/bin/bash|^# shellcheck shell=bash' scripts .ci completions | sort
}

rule_shellcheck() {
  shell_scripts | xargs shellcheck -x
}

# Manual pages are right as mdoc(7), also the one made of docs/configuration.md.
rule_manual_pages() {
  local folder status=0
  folder=$(mktemp -d)
  python3 man/from_markdown.py docs/configuration.md >"$folder/spillway.conf.5" || status=1
  mandoc -Tlint -Wwarning "$folder/spillway.conf.5" man/*.[18] || status=1
  rm -rf "$folder"
  return $status
}

# Every header compiles by itself; xargs stops and fails where one does not.
rule_self_contained_headers() {
  local flags
  read -ra flags < <(pkg-config --cflags libdpdk libconfig++ | sed 's/-I/-isystem /g')
  find dataplane control tests -name '*.h' | sort |
    xargs -P "$(nproc)" -I{} g++ -std=c++20 -fsyntax-only -I. "${flags[@]}" -include {} -x c++ \
      /dev/null
}
