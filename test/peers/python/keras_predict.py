"""Keras as a peer of exchanged models: what a saved model answers to rows, or a model saved by Keras itself.

One order on standard input, JSON: {"model", "rows", "shape", "resave"?: [paths]}; answers with its outputs.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy

answers = []
for order in json.load(sys.stdin):
    model = keras.models.load_model(order["model"], compile=False)
    rows = numpy.asarray(order["rows"], dtype=numpy.float32).reshape(order["shape"])
    answers.append([float(value) for value in model.predict_on_batch(rows).reshape(-1)])
    for path in order.get("resave", []):
        model.save(path)
print(json.dumps(answers))
