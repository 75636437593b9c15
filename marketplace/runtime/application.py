"""Owns the processes that run our own code, web and worker; never what they do."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from marketplace.runtime.programs import Program

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from pathlib import Path


def web(
    data_dir: Path, number: int, server: socket.socket, url: str, env: Mapping[str, str]
) -> Program:
    """One web process. All of them accept from the same inherited listening socket."""
    return Program(
        name=f"web-{number}" if number > 1 else "web",
        command=(
            *(sys.executable, "-m", "marketplace.runtime.serve"),
            *("--fd", str(server.fileno())),
        ),
        log=data_dir / "logs" / "web.log",
        env=env,
        ready=lambda: _is_live(url),
        inherited=(server.fileno(),),
    )


def worker(data_dir: Path, env: Mapping[str, str]) -> Program:
    """The job worker."""
    return Program(
        name="worker",
        command=(sys.executable, "-m", "marketplace.worker"),
        log=data_dir / "logs" / "worker.log",
        env=env,
        stop_seconds=30.0,  # it finishes the jobs it has begun
    )


def command(data_dir: Path, name: str, env: Mapping[str, str], *arguments: str) -> Program:
    """One of our own commands as a child that writes to the person's terminal."""
    return Program(
        name=name,
        command=(sys.executable, "-m", "marketplace.cli", name, *arguments),
        log=data_dir / "logs" / f"{name}.log",
        env=env,
        shown=True,
    )


def _is_live(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=5):  # noqa: S310 - our own
            return True
    except urllib.error.HTTPError:
        return True  # it serves, whatever it thinks of the question
    except OSError:
        return False
