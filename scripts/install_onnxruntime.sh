#!/bin/bash
# install_onnxruntime.sh [FOLDER]: ONNX Runtime for bench_cpu, as npm has it, without running its scripts.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/onnxruntime}
# Another source's nodejs has its own npm, and the distribution's would not go with it.
command -v node > /dev/null && command -v npm > /dev/null || scripts/install_packages.sh npm
mkdir -p "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
