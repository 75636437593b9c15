"""Owns what a running instance tells others of its settings; never what they are.

A command in another terminal joins the instance by reading them (core/settings.py owns them).
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from marketplace.runtime import lockfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SHARED = ("DATABASE_", "MEILI_", "STRIPE_", "RELAIS_", "SMTP_URL", "PG_BIN")


def write(data_dir: Path, env: Mapping[str, str]) -> None:
    """Keep the settings of this instance, with its passwords, for its owner only (mode 0600)."""
    ours = {name: value for name, value in env.items() if name.startswith(SHARED)}
    scratch = data_dir / "environment.json.new"
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(ours, stream, indent=2)
    scratch.replace(data_dir / "environment.json")


def remove(data_dir: Path) -> None:
    """Forget them when the instance ends."""
    (data_dir / "environment.json").unlink(missing_ok=True)


def join(data_dir: Path) -> bool:
    """Take over the settings of the instance running in `data_dir`; False when none runs there."""
    if not lockfile.is_held(data_dir):
        return False
    try:
        known: dict[str, str] = json.loads((data_dir / "environment.json").read_text())
    except FileNotFoundError:
        return False  # still starting
    for name, value in known.items():
        os.environ[name] = value
    return True
