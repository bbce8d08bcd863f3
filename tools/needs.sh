#!/bin/sh
# Names what is missing on this system, with the Debian package that has it.
python=$1
say() { echo "ptracer $1: install the Debian package $2" >&2; }

[ "$(uname -s)" = Linux ] || { echo "ptracer needs Linux" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "needs Python 3.11 or later, and '$python' is not" python3
    echo "Another one can be named: make PYTHON=/usr/bin/python3.12" >&2
    exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || { say "needs Python's venv module" python3-venv; exit 1; }

# Without these it works, only slower: the capture in Python takes over.
command -v "${CC:-cc}" >/dev/null || say "is faster with a C compiler" gcc
"$python" - <<'END' || say "is faster with Python's headers" python3-dev
import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))
END
exit 0
