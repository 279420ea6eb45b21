#!/usr/bin/env bash
# Makes the Python environments of the programs that tests and benchmarks talk to, outside the project, once for each
# list of versions. Without python3 or an index it says so and leaves the rest to the tests, which then skip.
# The lists are complete and installed without dependencies: Adafruit's would bring board support of 60 MB that no test
# uses.
set -u
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sourceprint

# make NAME LIST SECONDS WHAT
make() {
  local environment=$cache/$1
  cmp -s "$2" "$environment/requirements.txt" && return
  rm -rf "$environment"
  if python3 -m venv "$environment" >/dev/null 2>&1 &&
    timeout "$3" "$environment/bin/pip" install --quiet --no-deps --no-cache-dir --disable-pip-version-check \
      --requirement "$2" >/dev/null 2>&1; then
    cp "$2" "$environment/requirements.txt"
  else
    rm -rf "$environment"
    echo "could not install $4: the tests that need it will say that they skip"
  fi
}

make python-peers requirements.txt 120 "the Python peers" &
make onnx onnx.txt 120 "onnxruntime" &
make tensorflow tensorflow.txt 300 "TensorFlow and Keras (1.6 GB)" &
wait
