#!/bin/sh
# Renew the two hash-pinned locks from the floors in pyproject.toml. Neither holds a registry's name.
set -eu
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv} pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header"
$uv --extra dev pyproject.toml requirements/build.in -o requirements/dev.txt "$@"
$uv --extra server -c requirements/dev.txt pyproject.toml requirements/build.in -o requirements/server.txt "$@"
