"""Rules for arguments, each confirmed by the running kernel: it refuses what breaks the rule, and takes what keeps it."""

from __future__ import annotations

import os
import random
import sys
from errno import EACCES, ENOSYS, EPERM

import pytest
import rules_kernel
from decoding import number_of
from rules_examples import EXAMPLES

from ptracer.decode.call import Call
from ptracer.decode.detail import Detail
from ptracer.decode.registry import Signatures
from ptracer.explain.case import Case
from ptracer.explain.causes.arguments import broken_rule
from ptracer.explain.remembered import Remembered
from ptracer.model.world import World
from ptracer.regs import X86_64
from ptracer.tables.rules import RULES, rules_of

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux" or os.uname().machine != "x86_64", reason="asks a kernel of x86_64"),
    pytest.mark.slow,
]

CANNOT = {EPERM, EACCES, ENOSYS}  # this kernel, or who we are, does not let us ask


def answers(call: str) -> list[tuple[int, int, str, int, str]]:
    """Of each example of a call: errno, rule, text; and the errno and the text of the corrected call."""
    found = []
    for wrong, right in EXAMPLES.get(call, ()):
        (error, rule, text), *others = rules_kernel.asked(call, wrong, *([] if right is None else [right]))
        mended, _, said = others[0] if others else (0, 0, "")
        found.append((error, rule, text, mended, said))
    return found


def calls() -> list[str]:
    """Those of this architecture."""
    rules_of("")
    return sorted(set(RULES) & set(X86_64.numbers.values()))


def test_rules_bear_whatever_a_recording_says() -> None:
    chance = random.Random(1)
    signatures = Signatures(Detail())
    world = World()
    numbers = (0, 1, 2, 3, 8, 64, 0x1000, 1 << 31, (1 << 64) - 1, (1 << 64) - 4096)
    for call in calls():
        for _ in range(20):
            args = tuple(chance.choice(numbers) for _ in range(6))
            made = Call(1, signatures.find(X86_64, number_of(call), args), number_of(call), args, 0, {one: chance.randbytes(chance.choice((1, 8, 64, 300))) for one in args})
            made.entered = made.signature.entry(made)
            for made.error in {rule.error for rule in rules_of(call)}:
                made.result = -made.error
                made.exited = made.signature.exit(made)
                found = broken_rule(Case(made, world, False, Remembered()))
                assert found is None or found[1].isprintable()


def test_calls_of_32_bit_abis_have_the_rules_of_others() -> None:
    assert rules_of("fcntl64") and rules_of("fcntl64") is rules_of("fcntl")
    assert rules_of("clock_nanosleep_time64") is rules_of("clock_nanosleep")
    assert rules_of("_newselect") is rules_of("select")
    assert not rules_of("none")


@pytest.mark.parametrize("call", calls())
def test_the_kernel_confirms_every_rule(call: str) -> None:
    rules, found = rules_of(call), answers(call)
    for place, (error, broken, text, mended, said) in enumerate(found):
        assert error in CANNOT or broken >= 0, f"example {place} breaks no rule: {os.strerror(error) if error > 0 else text}"
        assert mended >= 0, said
        if broken >= 0:
            assert error == rules[broken].error, text
            assert mended != rules[broken].error, f"example {place} is not put right: {text}"
    if not any(answer[0] in CANNOT for answer in found):
        shown = {answer[1] for answer in found}
        assert not [rule.sentence or "bits" for place, rule in enumerate(rules) if place not in shown], "rules without an example"


def test_all_examples_are_of_calls_with_rules() -> None:
    assert not set(EXAMPLES) - set(calls())
