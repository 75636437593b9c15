"""A feature is a folder with fixed file names, reached through four doors."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.architecture import tree

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {"rules", "models", "events", "schemas", "queries", "service", "api", "pages"}
# Files that are no code: facts, templates of documents, places.
DATA = {"data", "templates"}
DOORS = {"queries", "service", "events", "rules", "schemas"}  # services take drafts of schemas
FILLS_TABLES = "demo"  # by COPY, for a hundred thousand assistants in a minute


@pytest.mark.parametrize("feature", tree.features())
def test_a_feature_has_only_the_fixed_names(feature: str) -> None:
    found = {
        tree.inside(file).parts[2].removesuffix(".py")
        for file in tree.sources("marketplace")
        if tree.inside(file).parts[1] == feature
    }
    strange = found - NAMES - DATA - {"__init__"}
    assert not strange, f"marketplace/{feature} may hold {sorted(NAMES)}; not {sorted(strange)}"


@pytest.mark.parametrize("feature", tree.features())
def test_another_feature_is_imported_only_through_its_doors(feature: str) -> None:
    wrong = [
        f"{tree.inside(file)}:{line} imports {module}"
        for file in tree.sources("marketplace")
        if tree.inside(file).parts[1] == feature
        for line, module in _imports(file)
        if _is_back_door(feature, module)
    ]
    assert not wrong, f"use {sorted(DOORS)} of the other feature: {wrong}"


def _is_back_door(feature: str, module: str) -> bool:
    parts = module.split(".")
    if parts[0] != "marketplace" or len(parts) < 3:
        return False
    other, inside = parts[1], parts[2]
    shut = NAMES - DOORS - {"models"}  # a row may be named as a type: see the next test
    return other in tree.features() and other != feature and inside in shut


@pytest.mark.parametrize("feature", tree.features())
def test_another_features_tables_are_never_queried_or_written(feature: str) -> None:
    if feature == FILLS_TABLES:
        return
    wrong = [
        f"{tree.inside(file)}:{line} uses {name}"
        for file in tree.sources("marketplace")
        if tree.inside(file).parts[1] == feature
        for line, name in _uses(file, _foreign_models(file, feature))
    ]
    assert not wrong, f"models of others are types only; ask their queries or service: {wrong}"


def _foreign_models(file: Path, feature: str) -> set[str]:
    return {
        module.rpartition(".")[2]
        for _, module in _imports(file)
        if re.fullmatch(r"marketplace\.\w+\.models\.\w+", module)
        and module.split(".")[1] in tree.features()
        and module.split(".")[1] != feature
    }


def _uses(file: Path, names: set[str]) -> list[tuple[int, str]]:
    """Where a class is asked for an attribute, called or handed on, rather than named as a type."""
    found = []
    for node in ast.walk(tree.parsed(file)):
        used: list[ast.expr] = []
        if isinstance(node, ast.Attribute):
            used = [node.value]
        elif isinstance(node, ast.Call):
            used = [node.func, *node.args] if not _is_harmless(node) else []
        found += [
            (one.lineno, one.id) for one in used if isinstance(one, ast.Name) and one.id in names
        ]
    return found


def _is_harmless(call: ast.Call) -> bool:
    """A type test, or `lock(Contract, id)`: waiting for a row changes nothing in it."""
    return isinstance(call.func, ast.Name) and call.func.id in {"isinstance", "cast", "lock"}


@cache
def _imports(file: Path) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree.parsed(file)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(tree.inside(file))
        for file in tree.sources()
        if file.read_text().strip() and ast.get_docstring(tree.parsed(file)) is None
    ]
    assert not silent, f"begin with one sentence of what the module owns: {silent}"
