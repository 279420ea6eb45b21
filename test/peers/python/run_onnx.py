"""Checks an ONNX file and runs it: arguments are the model and a file of float32 rows, the output is a JSON list."""

import json
import sys

import numpy
import onnx
import onnxruntime

path, rows = sys.argv[1:3]
onnx.checker.check_model(onnx.load(path), full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
(into,) = session.get_inputs()
batch = numpy.fromfile(rows, dtype="<f4").reshape([-1] + into.shape[1:])
(out,) = session.run(None, {into.name: batch})
print(json.dumps(out.reshape(-1).tolist()))
