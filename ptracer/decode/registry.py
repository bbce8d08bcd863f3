"""Which signature a call has: the tables, looked up and compiled when a call is first seen."""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import os
from collections.abc import Iterator
from keyword import iskeyword
from types import CodeType, FunctionType, ModuleType

from ptracer.decode.detail import Detail
from ptracer.decode.signature import Signature
from ptracer.decode.words import Word
from ptracer.plans import Plan
from ptracer.regs import ABI, MAX_ARGUMENTS, X86_64, abi_of
from ptracer.tables import calls

FOREIGN = "#64"  # x32 has some of its calls twice, the second time as the 64-bit ABI has them: they do not work
STRICT = bool(os.environ.get("PTRACER_STRICT"))  # for tests: a failure to decode ends the trace

mentioned: dict[str, frozenset[str]] = {}  # by table module: the names in its code


def modules(abi: ABI, call: str) -> Iterator[ModuleType]:
    """The table modules that may describe a call; what a 32-bit ABI does otherwise comes first.

    To import a table is to import its words and structures, so a module is imported only if its compiled
    code has the name of the call.
    """
    for name in (*calls.OVERRIDES.get(abi.name, ()), *calls.MODULES):
        path = f"ptracer.tables.calls.{name}"
        if path not in mentioned:
            mentioned[path] = names_in(path)
        if call in mentioned[path]:
            yield importlib.import_module(path)


def names_in(path: str) -> frozenset[str]:
    """The global names in a module's code, without running it."""
    specification = importlib.machinery.PathFinder.find_spec(path, calls.__path__)
    assert specification is not None
    assert isinstance(specification.loader, importlib.machinery.SourceFileLoader)
    code = specification.loader.get_code(path)
    assert isinstance(code, CodeType)
    return frozenset(code.co_names)


@functools.cache
def variants_in(module: ModuleType) -> dict[str, dict[str, FunctionType]]:
    """The ``def`` of variants: by call, then by the constant that chooses one, as in ``fcntl__F_GETLK``."""
    found: dict[str, dict[str, FunctionType]] = {}
    for name, value in vars(module).items():
        call, separator, choice = name.partition("__")
        if separator and call:
            found.setdefault(call, {})[choice] = value
    return found


def declaration(name: str, abi: ABI) -> tuple[FunctionType, ModuleType] | None:
    """The ``def`` of a call and the module it stands in; of ``break``, it is called ``break_``."""
    if iskeyword(name):
        name += "_"
    for module in modules(abi, name):
        function = module.__dict__.get(name)
        if isinstance(function, FunctionType):
            return function, module
    return None


def arity(name: str) -> int:
    """How many arguments a 64-bit call has."""
    found = declaration(name, X86_64)
    return MAX_ARGUMENTS if found is None else found[0].__code__.co_argcount


class Signatures:
    """Compiled signatures of all ABIs for one Detail."""

    def __init__(self, detail: Detail) -> None:
        self.detail = detail
        self.tables: dict[str, dict[int, Signature]] = {}
        self.defects: dict[str, Exception] = {}  # by system call: the first failure to describe or decode one

    def table(self, abi: ABI) -> dict[int, Signature]:
        """What is compiled so far for an ABI, by number."""
        return self.tables.setdefault(abi.name, {})

    def find(self, abi: ABI, number: int, args: tuple[int, ...]) -> Signature:
        """The signature of a call, of the variant that its arguments choose."""
        table = self.table(abi)
        signature = table.get(number)
        try:
            if signature is None:
                signature = table[number] = self.compile(abi, number)
            if signature.variants is not None:
                return self.variant(signature, args)
        except Exception as error:
            name = abi.name_of(number)
            self.defect(name, error)
            signature = table[number] = Signature(name, None, abi, self.detail)
        return signature

    def defect(self, name: str, error: Exception) -> None:
        """A table failed where it never should: the trace goes on with raw numbers, and the user is told at its end."""
        if STRICT:
            raise error
        self.defects.setdefault(name, error)

    def compile(self, abi: ABI, number: int) -> Signature:
        """Make the base signature of a number; unknown numbers and undescribed calls get raw arguments."""
        name = abi.name_of(number)
        if number not in abi.numbers:
            return Signature(name, None, abi, self.detail)
        if name.endswith(FOREIGN):
            return Signature(name, None, abi, self.detail, arity(name.removesuffix(FOREIGN)))
        found = declaration(name, abi)
        return Signature(name, None, abi, self.detail) if found is None else self.made(name, *found, abi)

    def made(self, name: str, function: FunctionType, module: ModuleType, abi: ABI) -> Signature:
        """Make the base signature of a ``def`` and find its variants in the module."""
        signature = self.signature(name, function, abi)
        choices = variants_in(module).get(name)
        # What is carried is shown by its own name, raw or not.
        if choices and (not signature.raw or any(hasattr(choice, "carried") for choice in choices.values())):
            self.add_variants(signature, choices)
        return signature

    def signature(self, name: str, function: FunctionType, abi: ABI) -> Signature:
        """The signature of one ``def``, which may be that of a call that carries another."""
        if hasattr(function, "carried"):
            from ptracer.decode.carried import CarrierSignature

            return CarrierSignature(function, abi, self.detail, self)
        return Signature(name, function, abi, self.detail)

    @staticmethod
    def add_variants(signature: Signature, choices: dict[str, FunctionType]) -> None:
        """Find the argument whose constants name the variants."""
        for parameter in signature.described:
            word = parameter.type
            if isinstance(word, Word) and all(choice in word.constants for choice in choices):
                signature.choices = {word.key(word.constants[choice]): value for choice, value in choices.items()}
                signature.selector = (parameter.index, word.key(-1))
                signature.related = word.related
                signature.variants = {}
                return
        raise LookupError(f"{signature.name}: no argument has all of the constants {', '.join(choices)}")

    def variant(self, signature: Signature, args: tuple[int, ...]) -> Signature:
        """The variant for these arguments, or the base."""
        assert signature.variants is not None
        index, mask = signature.selector
        key = args[index] & mask
        made = signature.variants.get(key)
        if made is None:
            choices, serving = signature.choices, signature.related(key, signature.abi)
            function = next((choices[other] for other in serving if other in choices), None)
            if function is None:
                return signature
            made = signature.variants[key] = self.signature(signature.name, function, signature.abi)
        return made

    def plan(self, arch: int, number: int, args: tuple[int, ...]) -> tuple[int, int, int, Plan]:
        """What the capture must know of a call: (selector, mask, key, plan)."""
        abi, plain = abi_of(arch, number)
        signature = self.find(abi, plain, args)
        index, mask = self.table(abi)[plain].selector
        return index, mask, args[index] & mask if index >= 0 else 0, signature.plan
