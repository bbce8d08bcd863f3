#!/bin/sh
# Names what is missing on this system, with the Debian package that has it.
python=$1
missing=0
say() { echo "ptracer needs $1: install the Debian package $2" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { say "Python 3.11 or later" python3; missing=1; }
"$python" -c 'import venv, ensurepip' 2>/dev/null || { say "Python's venv module" python3-venv; missing=1; }
[ "$(uname -s)" = Linux ] || { echo "ptracer needs Linux" >&2; missing=1; }
[ "$missing" = 0 ] || exit 1

# Without these it works, only slower: the capture in Python takes over.
command -v "${CC:-cc}" >/dev/null || echo "ptracer is faster with a C compiler: install the Debian package gcc" >&2
"$python" - <<'EOF' || echo "ptracer is faster with Python's headers: install the Debian package python3-dev" >&2
import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")))
EOF
exit 0
