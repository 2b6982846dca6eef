#!/usr/bin/env python3
"""litert.py MODEL OUT SEED [INPUT.npy]: what LiteRT's reference kernels make of a model.

Runs MODEL on random inputs (or on INPUT.npy for its one input) and writes every tensor that it
computes, its inputs too, to OUT/INDEX.npy, where INDEX counts the model's tensors.
"""
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType

model, out, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
interpreter = Interpreter(
    model,
    experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
    experimental_preserve_all_tensors=True,
)
interpreter.allocate_tensors()
random = numpy.random.default_rng(seed)
for detail in interpreter.get_input_details():
    shape, dtype = detail["shape"], detail["dtype"]
    if len(sys.argv) > 4:
        value = numpy.load(sys.argv[4])
    elif numpy.issubdtype(dtype, numpy.integer):
        limits = numpy.iinfo(dtype)
        value = random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    else:
        value = random.uniform(-2, 2, shape).astype(dtype)
    interpreter.set_tensor(detail["index"], value)
interpreter.invoke()
for detail in interpreter.get_tensor_details():
    try:
        value = interpreter.get_tensor(detail["index"])
    except ValueError:  # scratch memory of a kernel
        continue
    numpy.save(f"{out}/{detail['index']}.npy", value)
