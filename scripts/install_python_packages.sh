#!/bin/bash
# install_python_packages.sh FOLDER: a virtual environment there with the PyPI packages of the group
# `pypi` of packages.txt: engines that tests compare with, a placer. Without PyPI these tests are
# skipped. Takes no time when all is there.
set -euo pipefail

list=$(dirname "$0")/packages.txt
folder=$1
wanted=$(awk '$1 == "pypi" { print $2 }' "$list")
stamp=$folder/installed
[[ -f $stamp && $(cat "$stamp") == "$wanted" ]] && exit 0

if /usr/bin/python3 -m venv "$folder" && "$folder/bin/pip" install --quiet $wanted; then
  echo "$wanted" > "$stamp"
else
  echo "PyPI's packages are not here; tests against these engines will be skipped:" $wanted >&2
fi
