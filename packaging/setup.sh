#!/bin/sh
# Makes the environment that the program runs in. Called by the Makefile, from the root of the checkout:
#
#   packaging/setup.sh window|tests FOLDER [PYTHON]
#
# `window` is what the program needs, `tests` adds what the tests need. May be run again at any time: it
# completes what is there.
set -eu

purpose=$1
venv=$2
python=${3:-}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in python3.11 python3.12 python3.13 python3.14 python3; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    [ -n "$python" ] || python=$(find_python)
    if [ -z "$python" ] || ! is_new_enough "$python"; then
        echo "Playground needs Python 3.11 or newer, and ${python:-python3} is not: install it" \
             "(Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv) or name it, as in" \
             "make run PYTHON=/path/to/python3.12" >&2
        exit 2
    fi
fi

# First, because it is quick and may have to ask for something.
sh packaging/install-system-libs.sh "$purpose" ${python:+"$python"}

if [ -n "$python" ]; then
    echo "Making the environment $venv with $("$python" --version) ..."
    "$python" -m venv --clear "$venv"
fi

extra=
[ "$purpose" = window ] || extra='[dev]'
echo "Installing Playground into $venv: a few minutes and up to some GB the first time, nothing after that ..."
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable ".$extra"

# Half a minute, once, that the first network would wait for; without it the program works on torch.
"$venv/bin/python" -m playground.engine.compiled || true
