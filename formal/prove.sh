#!/bin/bash
# prove.sh PKG RTL-FOLDER [NAME]: proves every claim of claims.txt (or the one NAME) about the RTL with the
# package PKG, then breaks the RTL as the claim's control says and expects the proof to fail.
# One line a claim: name, engine, depth, seconds, result. Exit status 1 when one does not hold.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
package=$1 rtl=$2 only=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=300  # seconds of CPU that an engine may take

read_design() {  # FOLDER TOP PARAMETERS
  local sets=""
  local p
  for p in ${3//,/ }; do [[ $p == - ]] || sets+=" -chparam ${p%%=*} ${p#*=}"; done
  echo "read_verilog -formal -sv -defer -D VTA_ASSERT $package $1/*.sv;" \
    "hierarchy -check -top $2$sets; prep -top $2 -flatten; async2sync; chformal -cover -remove;"
}

limited() (
  ulimit -t $limit
  exec "$@"
)

# Each engine prints 'proved', 'refuted' or 'undecided' (a time limit, a tool's error).
verdict() {  # LOG PROVED-TEXT REFUTED-TEXT
  if grep -q "$2" "$1"; then echo proved; elif grep -q "$3" "$1"; then echo refuted; else echo undecided; fi
}

run_induction() {  # yosys' own SAT solver; the base case is part of it
  limited yosys -p "$(read_design "$1" "$2" "$3") dffunmap; memory_map; opt -full;
    sat -tempinduct -prove-asserts -set-assumes -maxsteps $4 $2" >"$work/log" 2>&1
  verdict "$work/log" 'Induction step proven: SUCCESS' 'proof failed\|model found: FAIL'
}

run_bounded() {
  limited yosys -p "$(read_design "$1" "$2" "$3") dffunmap; memory_map; opt -full;
    sat -tempinduct -tempinduct-baseonly -prove-asserts -set-assumes -maxsteps $4 $2" >"$work/log" 2>&1
  if grep -q 'model found for base case: FAIL' "$work/log"; then echo refuted
  elif grep -q "\[base case $4\] Solving" "$work/log" && grep -q 'End of script' "$work/log"; then echo proved
  else echo undecided; fi
}

run_smt() {  # yosys-smtbmc with z3: the base case, then induction
  yosys -q -p "$(read_design "$1" "$2" "$3") dffunmap; write_smt2 -wires $work/design.smt2" >"$work/log" 2>&1
  limited yosys-smtbmc --noprogress -s z3 -t "$4" "$work/design.smt2" >"$work/log" 2>&1
  local base
  base=$(verdict "$work/log" 'Status: PASSED' 'Status: FAILED')
  if [[ $base != proved ]]; then echo "$base"; return; fi
  limited yosys-smtbmc --noprogress -s z3 -i -t "$4" "$work/design.smt2" >"$work/log" 2>&1
  verdict "$work/log" 'Status: PASSED' 'Status: FAILED'
}

run_pdr() {
  yosys -q -p "$(read_design "$1" "$2" "$3") delete -output o:*; memory_map; opt -full; techmap; opt -fast;
    dfflegalize -cell \$_DFF_P_ 01; setundef -undriven -anyseq; setundef -zero; aigmap; opt_clean;
    write_aiger -zinit $work/design.aig" >"$work/log" 2>&1
  limited yosys-abc -c "read_aiger $work/design.aig; fold; strash; pdr" >"$work/log" 2>&1
  verdict "$work/log" 'Property proved' 'was asserted in frame'
}

mkdir "$work/right"
cp "$rtl"/*.sv "$here"/*.sv "$work/right"

failures=0
found=0
printf '%-26s %-10s %-10s %8s  %-9s %s\n' CLAIM ENGINE DEPTH SECONDS RESULT CONTROL
while read -r name engine depth top parameters file edit; do
  [[ -z $name || $name == \#* ]] && continue
  [[ -n $only && $name != "$only" ]] && continue
  found=1
  begin=$(date +%s.%N)
  result=$("run_$engine" "$work/right" "$top" "$parameters" "$depth")
  seconds=$(echo "$(date +%s.%N) - $begin" | bc)
  rm -rf "$work/broken"
  cp -r "$work/right" "$work/broken"
  sed -i -E "$edit" "$work/broken/$file"
  if cmp -s "$work/right/$file" "$work/broken/$file"; then
    control="the control changes nothing in $file"
  else
    control=$("run_$engine" "$work/broken" "$top" "$parameters" "$depth")
  fi
  [[ $engine == bounded ]] && shown="$depth cycles" || shown=unbounded
  printf '%-26s %-10s %-10s %8.1f  %-9s %s\n' "$name" "$engine" "$shown" "$seconds" "$result" \
    "broken copy $control"
  if [[ $result != proved || $control != refuted ]]; then failures=$((failures + 1)); fi
done <"$here/claims.txt"
if (( !found )); then
  echo "prove.sh: no claim '$only' in claims.txt" >&2
  exit 1
fi
if (( failures )); then
  echo "$failures claims do not hold" >&2
  exit 1
fi
