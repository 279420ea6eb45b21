#!/usr/bin/env bash
# Makes the Python environment of the programs that tests talk to, outside the project, once for each list of versions.
# Without python3 or an index it says so and leaves the rest to the tests, which then skip.
set -u
cd "$(dirname "$0")"
environment=${XDG_CACHE_HOME:-$HOME/.cache}/sourceprint/python-peers
cmp -s requirements.txt "$environment/requirements.txt" && exit 0
rm -rf "$environment"
# Complete list, no dependencies: Adafruit's would bring board support of 60 MB that no test uses.
if python3 -m venv "$environment" >/dev/null 2>&1 &&
  timeout 120 "$environment/bin/pip" install --quiet --no-deps --disable-pip-version-check \
    --requirement requirements.txt >/dev/null 2>&1; then
  cp requirements.txt "$environment/requirements.txt"
else
  echo "could not install the Python peers: the tests that need them will say that they skip"
fi
