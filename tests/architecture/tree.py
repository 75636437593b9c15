"""Owns how the architecture tests see the source tree; never judges it."""

from __future__ import annotations

import ast
import subprocess
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("marketplace", "payments", "search")
IGNORED = {".git", ".venv", "node_modules", "var", "__pycache__", "test-results"}
NOT_FEATURES = {"core", "web", "runtime", "migrations"}


@lru_cache
def files() -> tuple[Path, ...]:
    """Every file of the repository as it stands, ignored ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if listed.returncode:  # an archive without its history, or a folder of somebody else
        found = (path for path in ROOT.rglob("*") if not IGNORED & set(inside(path).parts))
    else:
        found = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in found if path.is_file())


def sources(*packages: str) -> list[Path]:
    """The Python files of some packages (all of ours by default)."""
    chosen = packages or PACKAGES
    return [file for file in files() if file.suffix == ".py" and inside(file).parts[0] in chosen]


def inside(file: Path) -> Path:
    """The path as the repository knows it."""
    return file.relative_to(ROOT)


def lines(file: Path) -> int:
    """How many lines a text has."""
    return len(file.read_text().splitlines())


@cache
def parsed(file: Path) -> ast.Module:
    """A Python file's syntax tree."""
    return ast.parse(file.read_text(), filename=str(file))


@lru_cache
def features() -> tuple[str, ...]:
    """The feature packages of the marketplace."""
    found = {
        inside(file).parts[1] for file in sources("marketplace") if len(inside(file).parts) > 2
    }
    return tuple(sorted(found - NOT_FEATURES))
