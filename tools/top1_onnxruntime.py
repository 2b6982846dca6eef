#!/usr/bin/env python3
"""top1_onnxruntime.py MODEL FOLDER COUNT OUT.npy: ONNX Runtime's answers for Fashion-MNIST.

The samples are those of `vta eval MODEL --data FOLDER --samples COUNT`, optimisations are off.
"""
import gzip
import sys

import numpy
import onnxruntime

model, folder, count, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
with gzip.open(f"{folder}/t10k-images-idx3-ubyte.gz") as file:
    pixels = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 1, 1, 28, 28)
options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(model, options)
name = session.get_inputs()[0].name
answers = []
for i in range(count):
    picture = pixels[i * len(pixels) // count].astype(numpy.float32) / 255
    answers.append(session.run(None, {name: picture})[0].argmax())
numpy.save(out, numpy.array(answers, numpy.int64))
