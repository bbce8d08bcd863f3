"""Whatever a trace or a recording says, it is shown: what the fuzzer of ``fuzz/`` does, for five seconds."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from fuzz import harness
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from traces import ORIGIN, TRACE

from ptracer.decode import registry
from ptracer.recordings import format as layout
from ptracer.recordings import shapes

FORMS = [" ".join(words) for words in harness.FORMS]


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "STRICT", True)


@pytest.mark.parametrize("form", harness.FORMS, ids=" ".join)
def test_a_real_trace_is_shown_in_every_form(form: tuple[str, ...]) -> None:
    assert harness.show(list(TRACE), form)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000))
def test_arbitrary_bytes_as_choices(data: bytes) -> None:
    harness.consume(data)


def test_random_traces() -> None:
    assert harness.at_random(harness.consume, 5.0, seed=1) > 10


def recording() -> bytes:
    """A small one."""
    packer = layout.Packer()
    body = packer.records(shapes.encode(list(TRACE)), len(TRACE), 0, 1).packed()
    return layout.MAGIC + packer.head(ORIGIN).packed() + body + packer.done().packed()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=4)), max_size=6), st.integers(0, 1 << 16))
def test_recordings_that_were_damaged(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, bytes]], end: int) -> None:
    data = bytearray(recording())
    for place, piece in changes:
        data[place % len(data) : place % len(data) + len(piece)] = piece
    harness.read(bytes(data[: end % len(data) + 1]), str(tmp_path_factory.getbasetemp()))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_records_of_arbitrary_bytes(data: bytes) -> None:
    try:
        batch = shapes.decode(data)
    except (ValueError, msgspec.MsgspecError):
        return
    harness.show(batch, harness.FORMS[0])


def test_inputs_that_once_failed(tmp_path: Path) -> None:
    """Each is a file of ``fuzz/found/``: what a fuzzer writes when it finds something."""
    for path in sorted((Path(harness.__file__).parent / "found").glob("*")):
        harness.either(path.read_bytes(), str(tmp_path))
