#!/usr/bin/env python3
"""run_onnxruntime.py MODEL OUT [NAME=INPUT.npy ...]: what ONNX Runtime makes of a model.

Without its optimisations, which change the meaning of some quantised models. Writes the outputs to
OUT/INDEX.npy, in order.
"""
import sys

import numpy
import onnxruntime

options = onnxruntime.SessionOptions()
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options)
inputs = dict(argument.split("=", 1) for argument in sys.argv[3:])
outputs = session.run(None, {name: numpy.load(path) for name, path in inputs.items()})
for index, value in enumerate(outputs):
    numpy.save(f"{sys.argv[2]}/{index}.npy", value)
