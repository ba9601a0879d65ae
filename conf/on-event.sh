#!/bin/bash
# Runs when new connections change their uplink: what the talk's "On Event" scripts did. Appends a
# line to a file; put a mail, a message or a DNS update in its place.
#
#   hooks = ( { on = "switch"; command = "/etc/spillway/on-event.sh /var/log/switches"; } );
#
# All that the event says is in the environment; docs/failover.md lists it.
set -eu

file=${1:?usage: on-event.sh FILE}
# The rate of an uplink is named after it: ISP_1 gives SPILLWAY_ISP_1_RX, in bit/s.
received=$(env | sed -n 's/^SPILLWAY_\(.*\)_RX=\(.*\)$/\1 \2 bit\/s/p' | sort | paste -sd , -)

what="$SPILLWAY_FROM -> $SPILLWAY_TO because $SPILLWAY_CAUSE"
echo "$SPILLWAY_NUMBER: $what ($received)" >>"$file"
