"""Owns the secrets generated for one data folder, each in a file of mode 0600; never prints one."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BYTES = 32


def file(data_dir: Path, name: str) -> Path:
    """Where the secret `name` of this data folder is kept."""
    return data_dir / "keys" / name


def secret(data_dir: Path, name: str, prefix: str = "") -> str:
    """The secret `name` of this data folder, made on first use (256 bits after `prefix`)."""
    target = file(data_dir, name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return target.read_text().strip()
    except FileNotFoundError:
        pass
    value = prefix + secrets.token_urlsafe(BYTES)
    scratch = target.with_name(f".{name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(value + "\n")
    scratch.replace(target)
    return value
