"""The shape of the code: imports point one way, and nothing heavy is imported before it is needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ptracer"

# What each part may import of the others. Neutral ground is what everybody may: errors, regs, plans, hints, own_signals, messages.
NEUTRAL = {"ptracer.errors", "ptracer.regs", "ptracer.plans", "ptracer.hints", "ptracer.own_signals", "ptracer.messages"}
MAY_IMPORT = {
    "stacks": {"ptracer.stacks", "ptracer.capture.records", "ptracer.capture.stacks", "ptracer.pipeline"},
    "capture": {"ptracer.capture"},
    "decode": {"ptracer.decode", "ptracer.tables", "ptracer.capture.records"},
    "tables": {"ptracer.tables", "ptracer.decode"},
    "formats": {"ptracer.formats", "ptracer.model", "ptracer.render", "ptracer.decode", "ptracer.capture.records", "ptracer.origin", "ptracer.explain.findings"},
    "questions": {"ptracer.questions", "ptracer.formats", "ptracer.recordings", "ptracer.arguments", "ptracer.options"},
    "comparing": {
        "ptracer.comparing", "ptracer.formats", "ptracer.model", "ptracer.render", "ptracer.decode", "ptracer.capture.records", "ptracer.origin",
        "ptracer.recordings.recording", "ptracer.recordings.replay", "ptracer.statistics.text", "ptracer.listing", "ptracer.options",
    },
    "render": {"ptracer.render", "ptracer.decode", "ptracer.capture.records", "ptracer.capture.joining", "ptracer.statistics.histogram"},
    "explain": {"ptracer.explain", "ptracer.model", "ptracer.render", "ptracer.decode", "ptracer.tables", "ptracer.capture", "ptracer.pipeline"},
    "model": {"ptracer.model", "ptracer.decode", "ptracer.capture.records"},
    "statistics": {"ptracer.statistics", "ptracer.model", "ptracer.decode", "ptracer.capture.records", "ptracer.render"},
}
TABLES_FOR_RENDERERS = {"ptracer.tables.constants.errors"}  # the texts of errnos


def imports_of(module: Path) -> set[str]:
    """The modules of ptracer that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            packages = (PACKAGE.parent / node.module.replace(".", "/")).is_dir()
            found.update([f"{node.module}.{name.name}" for name in node.names] if packages else [node.module])
        elif isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
    return {name for name in found if name.startswith("ptracer.")}


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_imports_point_one_way(part: str) -> None:
    allowed = MAY_IMPORT[part] | NEUTRAL | (TABLES_FOR_RENDERERS if part in ("render", "formats", "statistics", "comparing") else set())
    wrong = []
    for module in (PACKAGE / part).rglob("*.py"):
        for name in imports_of(module):
            if not any(name == one or name.startswith(f"{one}.") for one in allowed):
                wrong.append(f"{module.relative_to(PACKAGE)} imports {name}")
    assert not wrong


def test_the_tracer_knows_no_system_call() -> None:
    names = imports_of(PACKAGE / "tracer.py")
    assert not {name for name in names if name.startswith(("ptracer.decode", "ptracer.tables", "ptracer.render"))}


# What the loop itself calls, where the C library has no function, or lets a tracee call to bring the block into it.
OWN_CALLS = {
    "SYS_pidfd_open", "SYS_pidfd_getfd", "SYS_waitid", "SYS_kcmp", "SYS_tgkill", "SYS_futex", "SYS_mmap", "SYS_close", "SYS_getpid",
}  # fmt: skip


def test_the_c_loop_knows_no_system_call_of_a_tracee() -> None:
    for source in (PACKAGE / "capture").glob("*.[ch]"):
        assert set(re.findall(r"\b(?:SYS|__NR)_\w+", source.read_text())) <= OWN_CALLS, source.name


def test_a_trace_to_a_file_imports_nothing_it_does_not_use(tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"  # the trace leaves no standard output to us
    script = (
        "import sys; before = set(sys.modules); from ptracer.cli import run; run(['-o', '/dev/null', 'true']);"
        f"open({str(loaded)!r}, 'w').write(' '.join(set(sys.modules) - before))"
    )
    subprocess.run([sys.executable, "-I", "-c", script], timeout=60, check=True)
    names = set(loaded.read_text().split())
    assert "ptracer.session" in names
    assert not any(name.startswith(("ptracer.formats", "ptracer.questions")) for name in names)
    assert not names & {"msgspec", "duckdb", "rich", "elftools", "demangle", "ptrace", "ctypes", "argparse", "typing", "re", "enum"}


def test_table_modules_stay_a_page_a_call() -> None:
    """Modules are small; tables are lists and may be long."""
    long = {
        str(module.relative_to(PACKAGE)): lines
        for module in PACKAGE.rglob("*.py")
        if "tables" not in module.parts and (lines := len(module.read_text().splitlines())) > 400
    }
    assert not long
