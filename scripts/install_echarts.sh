#!/bin/bash
# install_echarts.sh [FOLDER]: Apache ECharts (Apache-2.0), the charts of `vta report`, as npm has it.
# Takes no time when it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build/echarts}
[[ -f $folder/node_modules/echarts/dist/echarts.min.js ]] && exit 0
# Another source's nodejs has its own npm, and the distribution's would not go with it.
command -v node > /dev/null && command -v npm > /dev/null || scripts/install_packages.sh npm
mkdir -p "$folder"
npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund echarts@6.1.0
