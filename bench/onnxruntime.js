// node onnxruntime.js MODEL.onnx THREADS RUNS OUT.json: runs the model on ONNX Runtime's processor
// back end, all optimisations on, on the input sin(i * i mod 1000); writes the milliseconds of each
// run and the first output.
const ort = require(process.env.ONNXRUNTIME_NODE || 'onnxruntime-node');
const fs = require('fs');

async function main([model, threads, runs, out]) {
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
  });
  const shape = session.inputMetadata[0].shape;
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; ++i) data[i] = Math.sin((i * i) % 1000);
  const feeds = {[session.inputNames[0]]: new ort.Tensor('float32', data, shape)};
  const milliseconds = [];
  let result;
  for (let r = 0; r < Number(runs); ++r) {
    const begin = process.hrtime.bigint();
    result = await session.run(feeds);
    milliseconds.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
  const output = Array.from(result[session.outputNames[0]].data);
  fs.writeFileSync(out, JSON.stringify({milliseconds, output}));
}

main(process.argv.slice(2)).catch((error) => { console.error(error); process.exit(1); });
