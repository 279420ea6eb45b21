"""Keras as a peer of the embedded engine: the networks of bench/engine-models.ts, trained by train_on_batch with Adam.

One order a line on standard input, one answer a line on standard output, both JSON, as bench/engine-child.ts has them.
"""

import json
import os
import resource
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy
from keras import layers


def plain_cnn():
    stack = [keras.Input((128, 128, 1))]
    for filters in (32, 64, 128):
        stack += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D(2)]
    stack += [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")]
    return keras.Sequential(stack), 32


def mobile_net():
    def normed(x):
        return layers.ReLU(6.0)(layers.BatchNormalization()(x))

    inputs = keras.Input((144, 128, 3))
    x = normed(layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False)(inputs))
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    for filters, strides in blocks:
        x = normed(layers.DepthwiseConv2D(3, strides=strides, padding="same", use_bias=False)(x))
        x = normed(layers.Conv2D(filters, 1, padding="same", use_bias=False)(x))
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)), 8


def residual_net():
    def conv(x, filters, size, strides):
        return layers.BatchNormalization()(
            layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x)
        )

    inputs = keras.Input((64, 64, 1))
    x = layers.ReLU()(conv(inputs, 32, 3, 1))
    for filters in (32, 64, 128):
        inner = conv(layers.ReLU()(conv(x, filters, 3, 2)), filters, 3, 1)
        x = layers.ReLU()(layers.Add()([inner, conv(x, filters, 1, 2)]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x)), 16


builders = {"plainCnn": plain_cnn, "mobileNet": mobile_net, "residualNet": residual_net}
model = rows = labels = None


def load(order):
    global model, rows, labels
    model, batch_size = builders[order["model"]]()
    batch_size = order.get("batchSize", batch_size)
    rows = numpy.random.default_rng(1).random((batch_size, *model.input_shape[1:]), dtype=numpy.float32)
    labels = (numpy.arange(batch_size) % 2).astype(numpy.float32).reshape(-1, 1)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")


def carry_out(order):
    if order["kind"] == "load":
        load(order)
    elif order["kind"] == "train":
        return [float(model.train_on_batch(rows, labels)) for _ in range(order["steps"])]
    elif order["kind"] == "infer":
        for _ in range(order["images"]):
            model.predict_on_batch(rows[:1])
    return []


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


for line in sys.stdin:
    cpu, wall = cpu_ms(), time.perf_counter()
    answer = {"losses": [], "tensors": 0}
    try:
        answer["losses"] = carry_out(json.loads(line))
    except Exception as error:  # the other side decides what a peer that fails means
        answer["error"] = str(error)
    resident_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer |= {"cpuMs": cpu_ms() - cpu, "wallMs": (time.perf_counter() - wall) * 1000, "residentMb": resident_mb}
    print(json.dumps(answer), flush=True)
