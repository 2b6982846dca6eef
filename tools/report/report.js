// Draws the page of `vta report` from the JSON object in it (tools/report_data.h). Nothing is
// computed here but positions, sums of what is shown together, and units.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const bench = data.bench;
const layers = bench.layers;
const dark = matchMedia('(prefers-color-scheme: dark)');
const escape = echarts.format.encodeHTML;

const UTILISATION = ['#d1495b', '#edae49', '#76b7b2', '#2f7fb5'];  // of 0 to 100 %
const USES = {  // of a cycle of the compute unit, with what to call it
  own_macs: ['own MACs', '#2f7fb5'],
  other_macs: ['other MACs (padding, pooling)', '#9ecae1'],
  alu: ['ALU', '#59a14f'],
  token_prev: ['waits for loads', '#d1495b'],
  token_next: ['waits for stores', '#b07aa1'],
  dma_latency: ['micro-ops, bias: latency', '#edae49'],
  dma_bandwidth: ['micro-ops, bias: bandwidth', '#c9822b'],
  arbitration: ['arbitration', '#9c755f'],
  issue: ['no instruction yet', '#ff9da7'],
  queue_full: ['queue full', '#79706e'],
  pipeline: ['pipeline fills, drains', '#bab0ac'],
  drained: ['finished, others work', '#8793a3'],
};
const UNITS = ['load', 'compute', 'store'];

const number = value => Math.round(value).toLocaleString('en');
const percent = share => (100 * share).toFixed(1) + ' %';
const bytes = count => count >= 1 << 20 ? (count / (1 << 20)).toFixed(2) + ' MiB'
                                        : (count / 1024).toFixed(1) + ' KiB';
const short = value => value >= 1e6 ? value / 1e6 + ' M' : value >= 1e3 ? value / 1e3 + ' k' : value;

function palette() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(['card', 'text', 'quiet', 'line']
    .map(name => [name, style.getPropertyValue('--' + name).trim()]));
}

const charts = new Map();
function draw(id, option, height) {
  const element = document.getElementById(id);
  if (height) element.style.height = height + 'px';
  if (charts.has(id)) charts.get(id).dispose();
  const chart = echarts.init(element, null, {renderer: id === 'timeline' ? 'canvas' : 'svg'});
  const colours = palette();
  chart.setOption({
    animation: false,
    textStyle: {color: colours.text, fontFamily: getComputedStyle(document.body).fontFamily},
    ...option,
    tooltip: {
      confine: true, backgroundColor: colours.card, borderColor: colours.line,
      textStyle: {color: colours.text, fontSize: 13}, ...option.tooltip,
    },
  });
  charts.set(id, chart);
  return chart;
}

function axis(options) {
  const colours = palette();
  return {
    nameLocation: 'middle', nameGap: 30, nameTextStyle: {color: colours.quiet},
    axisLabel: {color: colours.quiet}, axisLine: {lineStyle: {color: colours.line}},
    splitLine: {lineStyle: {color: colours.line}}, axisTick: {show: false}, ...options,
    ...(options.axisLabel && {axisLabel: {color: colours.quiet, ...options.axisLabel}}),
  };
}

function layerTip(layer) {
  return `<b>${escape(layer.name)}</b> ${escape(layer.op)}<br>${number(layer.cycles)} cycles, ` +
    `${percent(layer.utilisation)} utilised<br>${number(layer.macs)} MACs, ` +
    `${bytes(layer.dram_bytes)} of DRAM traffic<br>bound by ${layer.bound}: ` +
    `${number(layer.bound_cycles)} cycles`;
}

function figures() {
  document.title = `${bench.network} on ${bench.hw}`;
  document.getElementById('title').textContent = document.title;
  const entries = [
    ['cycles', number(bench.cycles), ''],
    ['utilisation', percent(bench.utilisation), `of ${data.roof.macs_per_cycle} MACs a cycle`],
    ['of its cycles the bound', percent(bench.bound_cycles / bench.cycles), ''],
    ['frames a second', bench.fps.toFixed(1), `at ${bench.clock_mhz} MHz`],
    ['DRAM traffic', bytes(bench.dram_bytes), 'a frame'],
    ['MACs on the accelerator', percent(bench.macs_on_accel / bench.macs),
     `of ${(bench.macs / 1e6).toFixed(1)} million`],
  ];
  document.getElementById('figures').replaceChildren(...entries.map(([name, value, more]) => {
    const [box, term, figure, small] =
      ['div', 'dt', 'dd', 'small'].map(tag => document.createElement(tag));
    term.textContent = name;
    small.textContent = ' ' + more;
    figure.append(value, small);
    box.append(term, figure);
    return box;
  }));
}

// A row for each node that depends on the row above; side by side what does not depend on each other.
function placeNodes(nodes) {
  const rows = [];
  const places = [];
  nodes.forEach(node => {
    const row = Math.max(-1, ...node.inputs.map(input => places[input][1])) + 1;
    rows[row] = (rows[row] || 0) + 1;
    places.push([rows[row] - 1, row]);
  });
  return {places, rows: rows.length, columns: Math.max(...rows)};
}

function drawGraph() {
  const colours = palette();
  const {places, rows, columns} = placeNodes(data.nodes);
  const links = data.nodes.flatMap((node, target) => node.inputs.map(source => {
    const skips = places[target][1] - places[source][1] > 1;
    return {source, target, lineStyle: {curveness: skips ? -0.25 : 0}};
  }));
  const nodes = data.nodes.map((node, i) => {
    const layer = layers[node.layer];
    return {
      name: String(i), value: places[i], symbol: 'roundRect',
      symbolSize: [26, 14],
      itemStyle: layer ? {color: echarts.color.lerp(layer.utilisation, UTILISATION)} : {color: 'transparent', borderColor: colours.quiet, borderWidth: 1.5},
      label: {formatter: () => `${node.name}  {quiet|${node.op}` +
        (layer ? `  ${percent(layer.utilisation)}}` : '  host}')},
    };
  });
  draw('graph', {
    grid: {left: 40, right: 20, top: 40, bottom: 16},
    xAxis: {type: 'value', show: false, min: 0, max: columns},
    yAxis: {type: 'value', show: false, inverse: true, min: -0.5, max: rows - 0.5},
    visualMap: {
      min: 0, max: 100, seriesIndex: [], orient: 'horizontal', top: 0, left: 0, itemWidth: 12,
      itemHeight: 160, text: ['100 %', '0 %'], inRange: {color: UTILISATION},
      textStyle: {color: colours.quiet}, calculable: false,
    },
    tooltip: {formatter: item => {
      if (item.dataType !== 'node') return '';
      const node = data.nodes[item.dataIndex];
      const host = bench.on_host.find(entry => entry.name === node.name);
      return (node.layer === undefined
        ? `<b>${escape(node.name)}</b> ${escape(node.op)}<br>on the host: ${escape(host ? host.reason : '')}`
        : layerTip(layers[node.layer])) + `<br>${escape(node.type)}`;
    }},
    series: [{
      type: 'graph', coordinateSystem: 'cartesian2d', data: nodes, links, edgeSymbol: ['none', 'arrow'],
      edgeSymbolSize: 6, lineStyle: {color: colours.quiet, opacity: 0.7}, emphasis: {disabled: true},
      label: {show: true, position: 'right', color: colours.text, fontSize: 12,
              rich: {quiet: {color: colours.quiet, fontSize: 12}}},
    }],
  }, Math.max(440, 60 + 28 * rows)).on('click', item => {
    const node = item.dataType === 'node' && data.nodes[item.dataIndex];
    if (node && node.layer !== undefined) chooseLayer(node.layer);
  });
}

function drawRoofline() {
  const colours = palette();
  const {macs_per_cycle: peak, bytes_per_cycle: bandwidth} = data.roof;
  const points = layers.map((layer, index) => ({layer, index})).filter(({layer}) => layer.macs > 0);
  const intensity = layer => layer.macs / layer.dram_bytes;
  const rate = layer => layer.macs / layer.cycles;
  const ridge = peak / bandwidth;
  const left = Math.min(ridge / 4, ...points.map(({layer}) => intensity(layer))) / 1.5;
  const right = Math.max(ridge * 8, ...points.map(({layer}) => intensity(layer))) * 1.5;
  const bottom = Math.min(peak / 16, ...points.map(({layer}) => rate(layer))) / 1.5;
  draw('roofline', {
    grid: {left: 64, right: 24, top: 36, bottom: 50},
    xAxis: axis({type: 'log', name: 'MACs for each byte of DRAM traffic', min: left, max: right,
                 axisLabel: {formatter: value => +value.toPrecision(2), showMinLabel: false, showMaxLabel: false}}),
    yAxis: axis({type: 'log', name: 'MACs a cycle', nameGap: 46, min: bottom, max: peak * 1.3,
                 axisLabel: {formatter: value => +value.toPrecision(2), showMinLabel: false, showMaxLabel: false}}),
    legend: {top: 0, textStyle: {color: colours.quiet}, data: ['bound by MACs', 'bound by DRAM']},
    tooltip: {trigger: 'item', formatter: item => item.data.layer === undefined ? '' : layerTip(layers[item.data.layer])},
    series: [
      {type: 'line', data: [[left, left * bandwidth], [ridge, peak], [right, peak]], symbol: 'none',
       silent: true, clip: true, lineStyle: {color: colours.text, width: 2},
       endLabel: {show: true, offset: [-210, -12], color: colours.quiet,
                  formatter: `${peak} MACs, ${bandwidth} bytes a cycle`}},
      ...[['mac', 'bound by MACs', '#2f7fb5'], ['dram', 'bound by DRAM', '#d1495b']].map(
        ([bound, name, color]) => ({
          type: 'scatter', name, symbolSize: 11, itemStyle: {color, opacity: 0.8},
          data: points.filter(({layer}) => layer.bound === bound).map(({layer, index}) => (
            {value: [intensity(layer), rate(layer)], layer: index})),
        })),
    ],
  });
}

function drawLosses() {
  const colours = palette();
  const used = Object.keys(USES).filter(use => layers.some(layer => layer.uses[use] > 0));
  draw('losses', {
    grid: {left: 230, right: 80, top: 64, bottom: 46},
    legend: {top: 0, textStyle: {color: colours.quiet}, itemWidth: 14, itemHeight: 10},
    tooltip: {trigger: 'axis', axisPointer: {type: 'shadow'}, formatter: items => {
      const layer = layers[items[0].dataIndex];
      return layerTip(layer) + used.filter(use => layer.uses[use] > 0).map(use =>
        `<br>${percent(layer.uses[use] / layer.cycles)} ${USES[use][0]}`).join('');
    }},
    xAxis: axis({type: 'value', name: 'cycles', axisLabel: {formatter: short}}),
    yAxis: axis({type: 'category', inverse: true, data: layers.map(layer => layer.name),
                 axisLabel: {width: 210, overflow: 'truncate', interval: 0}}),
    series: used.map(use => ({
      type: 'bar', stack: 'cycles', name: USES[use][0], color: USES[use][1], barWidth: '72%',
      data: layers.map(layer => layer.uses[use]),
    })),
  }, 110 + 22 * layers.length);
}

function chooseLayer(index) {
  document.getElementById('layer').value = index;
  drawTimeline();
}

function fillLayers() {
  const select = document.getElementById('layer');
  select.replaceChildren(...layers.map((layer, index) =>
    new Option(`${layer.name} (${layer.op}, ${number(layer.cycles)} cycles)`, index)));
  select.value = layers.reduce((most, layer, i) => layer.cycles > layers[most].cycles ? i : most, 0);
  select.onchange = drawTimeline;
}

function drawTimeline() {
  const timeline = data.timelines[document.getElementById('layer').value];
  if (!timeline) return;
  const lanes = UNITS.map((_, unit) => 1 + Math.max(0, ...timeline.slices
    .filter(slice => slice[0] === unit).map(slice => slice[1])));
  const firstRow = unit => lanes.slice(0, unit).reduce((sum, count) => sum + count, 0);
  const tracks = UNITS.flatMap((unit, i) => Array.from({length: lanes[i]}, (_, lane) =>
    lane ? `${unit} ${lane + 1}` : unit));
  const hues = ['#2f7fb5', '#d1495b', '#59a14f', '#edae49', '#b07aa1', '#76b7b2', '#9c755f', '#ff9da7', '#79706e', '#c9822b'];
  draw('timeline', {
    grid: {left: 90, right: 24, top: 40, bottom: 80},
    legend: {top: 0, textStyle: {color: palette().quiet}, data: timeline.mnemonics, itemWidth: 14, itemHeight: 10},
    xAxis: axis({type: 'value', name: 'cycle', min: 0, max: 'dataMax', axisLabel: {formatter: number, showMaxLabel: false}}),
    yAxis: axis({type: 'category', inverse: true, data: tracks, splitLine: {show: false}}),
    dataZoom: [{type: 'inside', filterMode: 'weakFilter'}, {type: 'slider', height: 20, bottom: 8, filterMode: 'weakFilter', showDataShadow: false}],
    tooltip: {formatter: item => `<b>${escape(item.seriesName)}</b><br>cycles ` +
      `${number(item.value[1])} to ${number(item.value[2])}: ${number(item.value[2] - item.value[1] + 1)}`},
    series: timeline.mnemonics.map((mnemonic, index) => ({
      type: 'custom', name: mnemonic, color: hues[index % hues.length], clip: true, encode: {x: [1, 2], y: 0},
      data: timeline.slices.filter(slice => slice[4] === index).map(([unit, lane, start, end]) =>
        [firstRow(unit) + lane, start, end]),
      renderItem: (params, api) => {
        const [x, y] = api.coord([api.value(1), api.value(0)]);
        const [end] = api.coord([api.value(2) + 1, api.value(0)]);
        const height = api.size([0, 1])[1] * 0.8;
        return {type: 'rect', shape: {x, y: y - height / 2, width: Math.max(0.5, end - x - 0.4), height},
                style: {fill: api.visual('color')}};
      },
    })),
  }, 150 + 26 * tracks.length);
}

function drawMemory() {
  const {buffers, arena_bytes: arena, constant_bytes: constants} = data.memory;
  document.getElementById('memory-text').textContent =
    `The activations' buffers: where each lies, and from its first writer to its last reader. ` +
    `They share ${bytes(arena)}, where one after another they would take ` +
    `${bytes(buffers.reduce((sum, buffer) => sum + buffer.bytes, 0))}. ` +
    `Weights and biases, ${bytes(constants)} beside them, stay for good. Time is the accelerator's cycles.`;
  const hues = ['#2f7fb5', '#76b7b2', '#edae49', '#b07aa1', '#59a14f', '#d1495b', '#9ecae1', '#9c755f'];
  const colours = palette();
  draw('memory', {
    grid: {left: 90, right: 24, top: 16, bottom: 50},
    xAxis: axis({type: 'value', name: 'cycle', min: 0, max: bench.cycles, axisLabel: {formatter: short, showMaxLabel: false}}),
    yAxis: axis({type: 'value', name: 'offset', nameGap: 70, min: 0, max: arena, axisLabel: {formatter: bytes}}),
    tooltip: {formatter: item => {
      const buffer = buffers[item.dataIndex];
      return `<b>${escape(buffer.name)}</b><br>${bytes(buffer.bytes)} from offset ${number(buffer.offset)}<br>` +
        `cycles ${number(buffer.first_cycle)} to ${number(buffer.end_cycle)}`;
    }},
    series: [{
      type: 'custom', clip: true, encode: {x: [0, 1], y: [2, 3]},
      data: buffers.map(buffer => [buffer.first_cycle, buffer.end_cycle, buffer.offset, buffer.offset + buffer.bytes]),
      renderItem: (params, api) => {
        const [x, bottom] = api.coord([api.value(0), api.value(2)]);
        const [end, top] = api.coord([api.value(1), api.value(3)]);
        const width = Math.max(1, end - x);
        const name = buffers[params.dataIndex].name;
        return {
          type: 'rect', shape: {x, y: top, width, height: bottom - top},
          style: {fill: hues[params.dataIndex % hues.length], opacity: 0.85, stroke: colours.card, lineWidth: 1},
          ...(width > 40 && bottom - top > 14 && {
            textContent: {style: {text: name, fill: '#fff', fontSize: 11, width: width - 8, overflow: 'truncate'}},
            textConfig: {position: 'inside'},
          }),
        };
      },
    }],
  });
}

function drawWhatIf() {
  const head = ['', 'change', 'cycles', 'faster by', 'utilisation', 'frames a second', 'DRAM traffic'];
  const row = (cells, tag) => {
    const line = document.createElement('tr');
    line.append(...cells.map(cell => Object.assign(document.createElement(tag), {textContent: cell})));
    return line;
  };
  const cells = (name, change, result) => [
    name, change, number(result.cycles), percent(bench.cycles / result.cycles - 1), percent(result.utilisation),
    result.fps.toFixed(1), bytes(result.dram_bytes)];
  document.getElementById('what-if-table').replaceChildren(
    row(head, 'th'), row(cells('as it is', '', bench), 'td'),
    ...data.what_if.map(variant => row(variant.bench ? cells(variant.name, variant.change, variant.bench)
                                                     : [variant.name, variant.error], 'td')));
  const variants = data.what_if.filter(variant => variant.bench);
  const hues = ['#d1495b', '#edae49', '#2f7fb5'];
  draw('what-if', {
    grid: {left: 230, right: 40, top: 36, bottom: 46},
    legend: {top: 0, textStyle: {color: palette().quiet}, itemWidth: 14, itemHeight: 10},
    tooltip: {trigger: 'axis', axisPointer: {type: 'shadow'}, formatter: items =>
      `<b>${escape(layers[items[0].dataIndex].name)}</b><br>as it is: ${number(layers[items[0].dataIndex].cycles)} cycles` +
      items.map(item => `<br>${item.marker}${item.seriesName}: ${item.value.toFixed(1)} %`).join('')},
    xAxis: axis({type: 'value', name: "% of the layer's cycles as it is", min: 0}),
    yAxis: axis({type: 'category', inverse: true, data: layers.map(layer => layer.name),
                 axisLabel: {width: 210, overflow: 'truncate', interval: 0}}),
    series: variants.map((variant, index) => {
      const cycles = new Map(variant.bench.layers.map(layer => [layer.name, layer.cycles]));
      return {type: 'bar', name: variant.name, color: hues[index], barGap: '10%', barCategoryGap: '35%',
              data: layers.map(layer => 100 * cycles.get(layer.name) / layer.cycles)};
    }),
  }, 100 + 34 * layers.length);
}

function drawAll() {
  figures();
  drawGraph();
  drawRoofline();
  drawLosses();
  drawTimeline();
  drawMemory();
  drawWhatIf();
}

fillLayers();
drawAll();
dark.addEventListener('change', drawAll);
addEventListener('resize', () => charts.forEach(chart => chart.resize()));
document.documentElement.dataset.report = 'drawn';
