"""The guide to mistakes knows every kind of finding, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXPLAIN, RULES, PAGES = ROOT / "ptracer" / "explain", ROOT / "ptracer" / "tables" / "rules", ROOT / "docs" / "mistakes"
FAMILIES = {path.stem.removesuffix("_habits") for path in PAGES.glob("*.md")}
NAME = re.compile(rf"(?:{'|'.join(sorted(FAMILIES))})\.[a-z][a-z_0-9]+")
# Families of which the source has only the second part of each name, as the argument `kind` of a function: where that is.
SECOND_PARTS = {"fault": [EXPLAIN / "causes" / "faults.py"], "wait": sorted((EXPLAIN / "waiting").glob("*.py"))}
# Those whose second part is the name of a table of calls, of which a program on x86-64 has two.
OF_TABLES = {f"convention.{table}_number" for table in ("i386", "x86_64")}


def kinds() -> set[str]:
    """The names in the source."""
    found = set(OF_TABLES)
    for path in (*EXPLAIN.rglob("*.py"), *RULES.rglob("*.py")):
        found.update(text for text in strings(parsed(path)) if NAME.fullmatch(text))
    for family, paths in SECOND_PARTS.items():
        trees = [parsed(path) for path in paths]
        places = {name: place for tree in trees for name, place in takers(tree)}
        found.update(f"{family}.{kind}" for tree in trees for kind in given(tree, places))
    return found


def parsed(path: Path) -> ast.Module:
    """The source of a module."""
    return ast.parse(path.read_text())


def strings(tree: ast.AST) -> Iterator[str]:
    """All constant strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def takers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The functions and classes that take a kind, and the place of that argument."""
    for node in ast.walk(tree):
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in inner:
            if isinstance(function, ast.FunctionDef):
                names = [one.arg for one in function.args.args]
                if "kind" in names and function.name == "__init__" and isinstance(node, ast.ClassDef):
                    yield node.name, names.index("kind") - 1
                elif "kind" in names and function is node:
                    yield node.name, names.index("kind")


def given(tree: ast.AST, places: dict[str, int]) -> Iterator[str]:
    """The kinds with which those are called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in places:
            for argument in node.args[places[node.func.id] :][:1]:
                yield from strings(argument)


def documented() -> set[str]:
    """The headings of the guide, which may name several."""
    headings = (line for page in PAGES.glob("*.md") for line in page.read_text().splitlines() if line.startswith("## "))
    return {name for heading in headings for name in NAME.findall(heading)}


def test_every_kind_is_documented() -> None:
    assert not kinds() - documented()


def test_nothing_else_is_documented() -> None:
    assert not documented() - kinds()


def test_the_guide_names_every_family() -> None:
    guide = (ROOT / "docs" / "mistakes.md").read_text()
    assert all(f"mistakes/{page.name})" in guide for page in PAGES.glob("*.md"))
