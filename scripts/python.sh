#!/bin/bash
# Names a Python of 3.11 or newer, preferring python3.11; prints python3 if there is none (install-uv.sh complains).
for name in python3.11 python3 python3.12 python3.13; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$name" -c 'import sys; print(sys.executable)'
        exit
    fi
done
echo python3
