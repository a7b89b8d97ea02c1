#!/bin/bash
# Puts uv into .tools/ from PyPI, if the PATH has none. Touches nothing outside this folder.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! "$UV_PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Weftline needs Python 3.11 or newer: apt-get install python3 python3-venv" >&2
    exit 1
fi
if [ "$UV" != .tools/bin/uv ] || [ -x .tools/bin/uv ]; then
    exit 0
fi
# Debian splits venv (and with it ensurepip) off its Python.
if ! "$UV_PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "Python has no venv here: apt-get install python3-venv" >&2
    exit 1
fi
echo "installing uv into .tools/"
"$UV_PYTHON" -m venv .tools
.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
