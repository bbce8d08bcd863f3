"""Explanations: the gallery of faulty programs, and well-behaved ones of which nothing may be said."""

from __future__ import annotations

from pathlib import Path

import faulty
import pytest

pytestmark = pytest.mark.ptrace

PROGRAMS = faulty.programs()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_what_is_wrong_is_found(program: faulty.Program, tmp_path: Path) -> None:
    if program.lacks():
        pytest.skip(f"needs {program.lacks()}")
    found = faulty.explain(program, tmp_path / "run")
    if program.fine:
        assert not found.findings
        return
    assert program.said["finds"], "a faulty program says what is to be found"
    assert not set(program.said["finds"]) - set(found.names)
    texts = "\n".join(str(finding["text"]) for finding in found.findings)
    for text in program.said["says"]:
        assert text in texts
    below = "\n".join(line for line in found.text.splitlines() if line.startswith("  ^ "))
    for text in program.said["below"]:
        assert text in below
