"""Owns TCP ports of this machine: free ones, remembered ones, listening ones; never a protocol."""

from __future__ import annotations

import errno
import json
import socket
import sys
from typing import TYPE_CHECKING

from marketplace.runtime.failures import CannotStart

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"
BACKLOG = 2048


def free() -> int:
    """A port on the loopback interface that nobody else is given while this process lives.

    Its server starts moments later, and another process that draws meanwhile could get the same
    one. So it stays bound: Linux lets a server with SO_REUSEADDR, as all of ours are, listen on it
    all the same. Other systems would refuse that, so there it is only free at this moment.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((LOOPBACK, 0))
    port: int = probe.getsockname()[1]
    if sys.platform == "linux":
        probe.detach()  # open until the process ends
    else:
        probe.close()
    return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=0.3).close()
    except OSError:
        return False
    return True


def remembered(data_dir: Path, name: str) -> int:
    """The port this data folder used for `name` last time when it is still free, else a new one.

    Stable ports keep a developer's open psql or dashboard working across restarts.
    """
    file = data_dir / "ports.json"
    try:
        known: dict[str, int] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        known = {}
    port = known.get(name)
    if not isinstance(port, int) or not is_free(port):
        port = free()
        known[name] = port
        scratch = file.with_suffix(".new")
        scratch.write_text(json.dumps(known, indent=2) + "\n")
        scratch.replace(file)
    return port


def listen(host: str, port: int) -> socket.socket:
    """A listening socket for the web processes to inherit. Raises CannotStart.

    The supervisor keeps it open, so requests that arrive while a web process is being restarted
    wait for it instead of being refused.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        msg = f"{host!r} is not an address of this machine; use --host 127.0.0.1 or --host 0.0.0.0."
        raise CannotStart(msg) from error
    server = socket.socket(family, kind, protocol)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind(address)
    except OSError as error:
        server.close()
        raise CannotStart(_why_not(host, port, error)) from error
    server.listen(BACKLOG)
    server.set_inheritable(True)
    return server


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is already in use; choose another one with --port."
    if error.errno == errno.EACCES:
        return (
            f"Port {port} needs more rights than this user has; choose one above 1023 with --port."
        )
    return f"Cannot listen on {host}:{port} ({error.strerror}); choose --host and --port."
