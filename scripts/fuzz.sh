#!/bin/bash
# fuzz.sh BUILD_DIR SECONDS [NAME…]: runs each fuzz target, or those named, for so long on a copy of
# its corpus in fuzz/corpus/NAME. Ends at the first finding, whose input stays in BUILD_DIR/fuzz.
set -euo pipefail

build=$(realpath "$1")
seconds=$2
shift 2
corpus=$(realpath "$(dirname "$0")/../fuzz/corpus")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

targets=("$build"/fuzz/*_fuzz)
if (( $# )); then targets=("${@/#/$build/fuzz/}"); targets=("${targets[@]/%/_fuzz}"); fi

for target in "${targets[@]}"; do
  name=$(basename "$target" _fuzz)
  mkdir "$work/$name"
  cp -r "$corpus/$name/." "$work/$name"
  # Two seconds under the sanitizers stand for well under one without them.
  if ! "$target" -max_total_time="$seconds" -timeout=2 -rss_limit_mb=2048 -malloc_limit_mb=512 \
      -artifact_prefix="$build/fuzz/$name-" "$work/$name" >"$work/log" 2>&1; then
    cat "$work/log"
    echo "fuzz: $name has a finding" >&2
    exit 1
  fi
  echo "fuzz: $name: $(tail -1 "$work/log")"
done
