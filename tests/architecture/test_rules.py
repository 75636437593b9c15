"""Rules of the house that a linter cannot know; each failure says what to do."""

from __future__ import annotations

import ast
import re

from marketplace.core.settings import Settings
from tests.architecture import tree

# payments and search know no marketplace: each has one door through which it is told the time.
# search compares with Meilisearch's own wall clock, which no test moves.
CLOCKS = {
    "marketplace/core/clock.py",
    "payments/config.py",
    "payments/sandbox/clock.py",
    "search/server.py",
}
NOW = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
STATELESS = {"core", "web", "runtime", "sandbox"}  # "status" there is HTTP's or a copy of Stripe's
# Read by ./run and the locators before any setting exists.
OUTSIDE_SETTINGS = {"PG_BIN", "MEILI_BIN"}
REGISTRIES = re.compile(
    r"https?://[^\s\"']*(?:registry|pypi|pythonhosted|npmmirror|artifact)", re.IGNORECASE
)
# A chain of days, where each needs the one before; loads of documents, not rows.
ONE_AFTER_ANOTHER = {"contracts.publish", "directory.reconcile"}
LOCKS = ("requirements.txt", "requirements-dev.txt", "package-lock.json")


def test_only_the_clock_asks_what_time_it_is() -> None:
    wrong = [
        f"{tree.inside(file)}:{node.lineno}"
        for file in tree.sources()
        if str(tree.inside(file)) not in CLOCKS
        for node in ast.walk(tree.parsed(file))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in NOW
    ]
    assert not wrong, f"use marketplace.core.clock, so that tests can travel in time: {wrong}"


def test_a_status_is_written_in_one_place_per_machine() -> None:
    """`move_to` (or `move`) checks TRANSITIONS; an assignment elsewhere would walk around it."""
    wrong = [
        f"{tree.inside(file)}:{node.lineno} in {function.name}"
        for file in tree.sources("marketplace", "payments")
        if not STATELESS & set(tree.inside(file).parts)
        for function in ast.walk(tree.parsed(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and not function.name.lstrip("_").startswith("move")
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and _writes_status(node)
    ]
    assert not wrong, f"go through the machine's move_to: {wrong}"


def _writes_status(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets)


def test_a_tick_works_rows_off_in_batches() -> None:
    """One row that fails must not end the run for all those behind it."""
    wrong = [
        f"{tree.inside(file)}:{loop.lineno} in {function.name}"
        for file in tree.sources("marketplace")
        for function in ast.walk(tree.parsed(file))
        if isinstance(function, ast.AsyncFunctionDef)
        and any("periodic" in ast.unparse(each) for each in function.decorator_list)
        and f"{tree.inside(file).parts[1]}.{function.name}" not in ONE_AFTER_ANOTHER
        for loop in ast.walk(function)
        if isinstance(loop, ast.For | ast.AsyncFor | ast.While)
        and any(isinstance(node, ast.Await) for step in loop.body for node in ast.walk(step))
    ]
    assert not wrong, f"use core/batches: {wrong}"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(
        re.findall(r"^#([A-Z][A-Z0-9_]+)=", (tree.ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    real = set()
    for name, field in Settings.model_fields.items():
        alias = getattr(field.validation_alias, "choices", None)
        real.add(str(alias[0]) if alias else f"RELAIS_{name.upper()}")
    assert real - documented == set(), "describe these in .env.example"
    assert documented - real == OUTSIDE_SETTINGS, "these no longer exist; take them out"


def test_the_documented_values_are_the_defaults() -> None:
    lines = (tree.ROOT / ".env.example").read_text().splitlines()
    written = dict(line[1:].split("=", 1) for line in lines if re.match(r"#[A-Z][A-Z0-9_]+=", line))
    plain = {
        f"RELAIS_{name.upper()}": field.default
        for name, field in Settings.model_fields.items()
        if isinstance(field.default, str | int) and field.validation_alias is None
    }
    wrong = {
        name: (written[name], default)
        for name, default in plain.items()
        if name in written
        and written[name] != (str(default).lower() if isinstance(default, bool) else str(default))
    }
    assert not wrong, f".env.example and settings.py differ (written, default): {wrong}"


def test_the_locks_name_no_package_registry() -> None:
    found = [
        f"{name}: {match[0]}"
        for name in LOCKS
        for match in [REGISTRIES.search((tree.ROOT / name).read_text())]
        if match
    ]
    assert not found, f"write the locks without registry addresses: {found}"


def test_every_file_ends_with_one_line_break_and_has_no_trailing_space() -> None:
    kinds = {".py", ".sql", ".sh", ".html", ".css", ".ts", ".toml"}
    wrong = [
        str(tree.inside(file))
        for file in tree.files()
        if (file.suffix in kinds or file.name in {"run", "test"})
        and tree.inside(file).parts[:2] != ("frontend", "dist")
        and (text := file.read_text())
        and (
            not text.endswith("\n")
            or text.endswith("\n\n")
            or re.search(r"[ \t]+$", text, re.MULTILINE)
        )
    ]
    assert not wrong, f"trim these: {wrong}"
