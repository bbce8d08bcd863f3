"""The generated tables: what the generators write, and what must hold of every table they wrote."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tools import constants, generated, headers, ioctls, numbers

needs_headers = pytest.mark.skipif(not headers.available(), reason="ziglang and pyelftools are not installed")

LISTS = sorted(constants.LISTS.glob("*.list"))


def table(path: Path) -> ModuleType:
    """The module that a list makes."""
    return importlib.import_module(f"ptracer.tables.constants.{path.stem}")


def groups() -> Iterator[tuple[constants.Group, dict[str, int]]]:
    """Every group of every list, with the dictionary that was made of it."""
    for path in LISTS:
        for group in constants.parse(path.read_text())[1]:
            yield group, vars(table(path)).get(group.name, {})


def identifier(case: object) -> str:
    return case.name if isinstance(case, constants.Group) else "constants"


every_group = pytest.mark.parametrize(("group", "found"), list(groups()), ids=identifier)


@needs_headers
def test_numbers_are_what_the_headers_say() -> None:
    assert generated.differences(numbers.modules()) == []


@needs_headers
@pytest.mark.slow
def test_constants_are_what_the_headers_say() -> None:
    assert generated.differences(constants.modules()) == []


@needs_headers
@pytest.mark.slow
def test_ioctls_are_what_the_headers_say() -> None:
    assert generated.differences(ioctls.modules()) == []


@pytest.mark.parametrize(("abi", "count"), [("x86_64", 384), ("i386", 461), ("x32", 419)])
def test_every_call_has_one_number_and_one_name(abi: str, count: int) -> None:
    names = importlib.import_module(f"ptracer.tables.numbers.{abi}").NAMES
    assert len(names) == count == len(set(names.values()))


def test_x32_marks_the_calls_of_x86_64() -> None:
    x32 = importlib.import_module("ptracer.tables.numbers.x32").NAMES
    x86_64 = importlib.import_module("ptracer.tables.numbers.x86_64").NAMES
    marked = {number: name for number, name in x32.items() if name.endswith("#64")}
    assert len(marked) == 47
    assert all(name == x86_64[number] + "#64" for number, name in marked.items())


def test_i386_has_the_calls_within_its_two_calls() -> None:
    i386 = importlib.import_module("ptracer.tables.numbers.i386")
    assert (len(i386.SOCKETCALL), len(i386.IPC)) == (20, 12)
    assert set(i386.SOCKETCALL.values()) - set(i386.NAMES.values()) == {"accept", "recv", "send"}


@every_group
def test_a_group_is_not_empty_and_its_names_are_names(group: constants.Group, found: dict[str, int]) -> None:
    assert found, "not generated: run tools/constants.py"
    assert [name for name in found if not re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*(\|[A-Z_0-9]+)*", name)] == []


@every_group
def test_a_value_has_one_name(group: constants.Group, found: dict[str, int]) -> None:
    if "aliases" not in group.options:
        assert len(set(found.values())) == len(found)


@every_group
def test_a_flag_of_many_bits_comes_before_its_parts(group: constants.Group, found: dict[str, int]) -> None:
    if "flags" not in group.options:
        return
    before: list[int] = []
    for name, value in found.items():
        hidden = [part for part in before if part and value & part == part]
        assert not hidden, f"{name} can never be shown"
        before.append(value)


@every_group
def test_a_module_has_what_its_list_names(group: constants.Group, found: dict[str, int]) -> None:
    literals = {name: value for name, value in group.literals.items() if name in found}
    assert {name: found[name] for name in literals} == literals


def test_a_word_of_a_list_that_no_header_has_is_an_error() -> None:
    with pytest.raises(constants.ListError, match="group: no header has NAME"):
        constants.resolve(constants.Group("group", wanted=["NAME"]))


def test_words_decide_what_comes_first_and_what_comes_last() -> None:
    _, (group,) = constants.parse("group: A=1 B=2 AB=3 C=4 first:AB\n    last:A")
    assert list(constants.resolve(group)) == ["AB", "B", "C", "A"]


def test_the_first_name_of_a_value_is_kept() -> None:
    _, (one, both) = constants.parse("one: A=1 B=1\nboth: A=1 B=1 aliases")
    assert constants.resolve(one) == {"A": 1}
    assert constants.resolve(both) == {"A": 1, "B": 1}


def test_an_error_has_a_name_and_a_message() -> None:
    from ptracer.tables.constants.errors import ERRNO

    assert ERRNO[2] == ("ENOENT", "No such file or directory")
    assert ERRNO[512] == ("ERESTARTSYS", "To be restarted if SA_RESTART is set")
    assert all(re.fullmatch(r"E[A-Z0-9_]+", name) and message for name, message in ERRNO.values())


def test_an_ioctl_has_all_the_names_of_its_number_in_order() -> None:
    from ptracer.tables.constants.ioctl import IOCTLS, IOCTLS_I386, IOCTLS_X32

    assert IOCTLS[0x5401] == "TCGETS"
    assert IOCTLS[0x5402] == "SNDCTL_TMR_START or TCSETS"
    assert IOCTLS_I386[0x80086601] == "" and IOCTLS_I386.get(0x5401, IOCTLS[0x5401]) == "TCGETS"
    for names in (*IOCTLS.values(), *filter(None, IOCTLS_I386.values()), *filter(None, IOCTLS_X32.values())):
        assert names.split(" or ") == sorted(names.split(" or "))


@needs_headers
def test_the_compiler_is_asked_for_values() -> None:
    found = headers.values(["linux/fcntl.h"], ["AT_FDCWD", "DN_MULTISHOT", "nothing", "struct flock"])
    assert found == {"AT_FDCWD": -100, "DN_MULTISHOT": 0x80000000}


@needs_headers
def test_enumerators_are_found_beside_macros() -> None:
    names = headers.names(["linux/quota.h", "linux/bpf.h"])
    assert "QIF_BLIMITS_B" in names and "BPF_PROG_LOAD" in names and "BPF_ALU64" in names
