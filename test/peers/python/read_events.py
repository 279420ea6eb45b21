"""Prints the scalars of a TensorBoard event file as TensorFlow reads them: a JSON list of [step, tag, value]."""

import json
import sys

import tensorflow as tf
from tensorflow.core.util import event_pb2

found = []
for record in tf.data.TFRecordDataset(sys.argv[1]):
    event = event_pb2.Event.FromString(record.numpy())
    found += [[event.step, value.tag, value.simple_value] for value in event.summary.value]
print(json.dumps(found))
