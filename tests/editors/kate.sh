#!/usr/bin/env bash
# Drives a real Kate on Xvfb with the files of editors/kate in $HOME: waits for what is wrong, asks what a word is, writes a
# word by completion and saves. What the server was sent and said is in $SENT and $SAID, screenshots in $SHOT-*.png.
set -u
kate -n -b "$RULES" &
KATE=$!
trap 'kill $KATE 2>/dev/null' EXIT
seconds() { for _ in $(seq 1 $(($1 * 10))); do eval "$2" && return 0; sleep 0.1; done; echo "timeout: $2" >&2; exit 1; }
seconds 60 'WINDOW=$(xdotool search --onlyvisible --class kate | head -1); [ -n "$WINDOW" ]'
seconds 60 'grep -q unknown-event "$SAID"'
xdotool windowfocus "$WINDOW"
seconds 30 'xdotool mousemove 140 117; sleep 0.6; xdotool mousemove 160 118; sleep 1; grep -q textDocument/hover "$SENT"'
import -window root "$SHOT-hover.png"
xdotool mousemove 400 350 click 1
sleep 0.5
xdotool key ctrl+Home Down Down End
xdotool type --delay 60 " onc"
xdotool key ctrl+space
seconds 30 'grep -q textDocument/completion "$SENT" && grep -q "\"once\"" "$SAID"'
sleep 2
import -window root "$SHOT-completion.png"
xdotool key Return
sleep 1
xdotool key ctrl+s
seconds 30 'grep -q "once" "$RULES"'
