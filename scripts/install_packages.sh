#!/bin/bash
# install_packages.sh GROUP…: installs the packages of these groups of packages.txt that are missing.
# Needs neither root nor time when none is.
set -euo pipefail

list=$(dirname "$0")/packages.txt
wanted=$(for group in "$@"; do awk -v group="$group" '$1 == group { print $2 }' "$list"; done)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "This system has no apt-get. Go on as if these packages, by Debian 12's names, were there:" \
    $wanted >&2
  exit 0
fi

missing=()
for package in $wanted; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if (( ${#missing[@]} == 0 )); then exit 0; fi

as_root=()
if (( EUID != 0 )); then
  if ! command -v sudo >/dev/null; then
    echo "Neither root nor sudo here. As root, run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -E)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)

echo "Installing: ${missing[*]}"
"${apt[@]}" update -q || echo "apt-get update failed; trying with the lists at hand" >&2
"${apt[@]}" install -q -y --no-install-recommends "${missing[@]}"
