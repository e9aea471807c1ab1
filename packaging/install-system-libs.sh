#!/bin/sh
# Sees to the system libraries that Qt's own packages do not bring along. Called by packaging/setup.sh:
#
#   packaging/install-system-libs.sh window|tests [PYTHON]
#
# `tests` adds the programs with which the tests drive a real window; PYTHON is looked at for the module that
# makes environments, which Debian keeps in a package of its own. As root on a system with apt-get, what is
# missing is installed; otherwise the one line to run is printed and the exit code is 2.
set -eu

purpose=${1:-window}
python=${2:-}

[ "$(uname -s)" = Linux ] || exit 0  # the wheels for Windows and macOS need nothing more

# What the program links to, and the package of Debian and Ubuntu that holds it.
libraries="
libglib-2.0.so.0        libglib2.0-0
libEGL.so.1             libegl1
libGL.so.1              libgl1
libdbus-1.so.3          libdbus-1-3
libfontconfig.so.1      libfontconfig1
libxkbcommon.so.0       libxkbcommon0
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-shape.so.0       libxcb-shape0
libxkbcommon-x11.so.0   libxkbcommon-x11-0
"
programs="
Xvfb                    xvfb
xauth                   xauth
xdotool                 xdotool
"

ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)  # not in a plain user's PATH on Debian
present=$("$ldconfig" -p 2>/dev/null || true)
missing=$(echo "$libraries" | while read -r library package; do
    case "$present" in
        *"$library"*) ;;
        *) echo "$package" ;;
    esac
done)
if [ "$purpose" = tests ]; then
    missing="$missing $(echo "$programs" | while read -r program package; do
        [ -z "$program" ] || command -v "$program" >/dev/null || echo "$package"
    done)"
fi
if [ -n "$python" ] && ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    missing="$missing python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
fi

missing=$(echo $missing)  # on one line
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Playground needs system libraries that are not here; Debian calls them: $missing" >&2
    exit 2
elif [ "$(id -u)" != 0 ]; then
    echo "Playground needs some system packages first; please run: sudo apt-get install -y $missing" >&2
    exit 2
fi
echo "Installing system packages: $missing ..."
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends $missing
