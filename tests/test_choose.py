"""Which capture is taken."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys

import pytest

from ptracer.capture import choose
from ptracer.errors import PtracerError

SIZE = 1


@pytest.fixture(autouse=True)
def nothing_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(choose.VARIABLE, raising=False)


@pytest.fixture
def not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ptracer.capture._capture", None)


def kernel(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    monkeypatch.setattr(os, "uname", lambda: os.uname_result(("Linux", "host", release, "", "x86_64")))


def test_the_c_loop_is_taken_where_it_was_built() -> None:
    native = pytest.importorskip("ptracer.capture._capture")
    assert isinstance(choose.make(SIZE), native.Capture)


def test_the_python_capture_is_taken_where_the_c_loop_was_not_built(not_built: None) -> None:
    from ptracer.capture.pure import Capture

    assert isinstance(choose.make(SIZE), Capture)


@pytest.mark.parametrize("release", ["5.2.0", "4.19.0-amd64", "3.10.0-1160.el7.x86_64"])
def test_the_python_capture_is_taken_on_a_kernel_too_old_for_the_c_loop(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    from ptracer.capture.pure import Capture

    kernel(monkeypatch, release)
    assert isinstance(choose.make(SIZE), Capture)


@pytest.mark.parametrize("release", ["5.3.0", "5.10.0-30-amd64", "6.18.44", "10.0", "unheard of"])
def test_a_kernel_that_is_new_enough_or_unknown_will_do(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    native = pytest.importorskip("ptracer.capture._capture")
    kernel(monkeypatch, release)
    assert isinstance(choose.make(SIZE), native.Capture)


def test_the_python_capture_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from ptracer.capture.pure import Capture

    monkeypatch.setenv(choose.VARIABLE, "pure")
    assert isinstance(choose.make(SIZE), Capture)


def test_who_asks_for_a_c_loop_that_was_not_built_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, not_built: None
) -> None:
    monkeypatch.setenv(choose.VARIABLE, "native")
    with pytest.raises(PtracerError) as caught:
        choose.make(SIZE)
    for words in ("gcc", "python3-dev", "pip install"):
        assert words in caught.value.message


def test_who_asks_for_the_c_loop_on_an_old_kernel_is_told_which_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choose.VARIABLE, "native")
    kernel(monkeypatch, "4.19.0")
    with pytest.raises(PtracerError, match=r"5\.3.*4\.19"):
        choose.make(SIZE)


def test_a_capture_nobody_knows_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(choose.VARIABLE, "fast")
    with pytest.raises(PtracerError, match="native, pure or inside"):
        choose.make(SIZE)


@pytest.mark.skipif(shutil.which("cc") is None and shutil.which("gcc") is None, reason="there is no compiler")
def test_where_there_is_a_compiler_the_c_loop_was_built() -> None:
    """It is optional, so that a build without it succeeds: a mistake in it would go unnoticed."""
    assert importlib.util.find_spec("ptracer.capture._capture") is not None
