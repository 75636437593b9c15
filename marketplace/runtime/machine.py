"""Owns the whole product on one machine: which parts, in which order, with which settings.

What a setting names (DATABASE_URL, MEILI_URL, STRIPE_SECRET_KEY) is used and never started here.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from marketplace.core.migrate import CannotMigrate, migrate
from marketplace.core.roles import role_of
from marketplace.runtime import (
    application,
    environment,
    keys,
    leftovers,
    lockfile,
    meilisearch,
    ports,
    postgres,
    programs,
    sandbox,
)
from marketplace.runtime.failures import CannotStart
from marketplace.runtime.supervisor import Supervisor
from search.keys import search_key

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import TextIO

    from marketplace.core.settings import Settings

ANY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not bound to
POSTGRES_TRIES = 4
# Connections to PostgreSQL: besides its pool, a process's ear for news and one that is closing; the
# worker's queue, commands and backups beside the instance, and what PostgreSQL keeps for itself.
BESIDE_POOL, OTHERS = 2, 30
RESTORE = Path(__file__).parents[2] / "deploy" / "restore"
OWNER = "DATABASE_OWNER_URL"  # for migrations: web and worker never learn it


@dataclass(frozen=True)
class Options:
    """What the person asked for. `web_processes` share one listening socket."""

    data_dir: Path
    host: str = ports.LOOPBACK
    port: int = 8000
    demo: bool = True
    web_processes: int = 1
    restore: Path | None = None  # a backup to begin with, in an empty folder

    @property
    def url(self) -> str:
        """The address to open in a browser on this machine."""
        host = ports.LOOPBACK if self.host in ANY_ADDRESS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def connections_for(pool: int, web_processes: int) -> int:
    """How many connections our own PostgreSQL allows: those of all web processes and one worker."""
    return max(100, OTHERS + (pool + BESIDE_POOL) * (web_processes + 1))


class Machine:
    """One running instance. `start`, then `tend` again and again, then `stop`."""

    def __init__(self, options: Options, settings: Settings, say: Callable[[str], None]) -> None:
        self.options, self.settings, self.say = options, settings, say
        self.supervisor = Supervisor(options.data_dir, say)
        self.env = dict(os.environ)
        self._lock: TextIO | None = None
        self._server: socket.socket | None = None

    def start(self) -> None:
        """Start everything. Raises CannotStart; call `stop` then too."""
        folder = self.options.data_dir
        self._lock = lockfile.hold(folder)
        leftovers.wait_gone(folder)
        self._server = ports.listen(self.options.host, self.options.port)
        if self.options.restore is not None:
            self._database()
            self._restore(self.options.restore)  # before this instance draws secrets of its own
        self._general_settings()
        self._begin_search()
        self._begin_payments()
        if self.options.restore is None:
            self._database()
        self._migrate()
        self._finish_search()
        if self.supervisor.watches("stripe-sandbox"):
            self.supervisor.wait_ready("stripe-sandbox")
        environment.write(folder, self.env)
        self._application(self._server)

    def tend(self) -> None:
        """Start again what died. Call it a few times a second."""
        self.supervisor.tend()

    def stop(self) -> None:
        """End everything in the reverse order of its start."""
        self.supervisor.stop()
        if self._server is not None:
            self._server.close()
        if self._lock is not None:
            environment.remove(self.options.data_dir)
            self._lock.close()

    def is_done(self, name: str) -> bool:
        """Whether `name` was finished once in this database; see core/once.py."""
        address = self.env.get("DATABASE_URL") or self.settings.database_url
        with psycopg.connect(address) as connection:
            query = "SELECT 1 FROM done_once WHERE name = %s"
            return connection.execute(query, [name]).fetchone() is not None

    def run(self, name: str, *arguments: str) -> bool:
        """Run one of our commands as a child while tending the others; False when it failed."""
        child = programs.start(
            application.command(self.options.data_dir, name, self.env, *arguments)
        )
        try:
            while child.alive:
                self.tend()
                time.sleep(0.05)
        finally:
            child.stop()
        return child.process.returncode == 0

    def reindex(self) -> None:
        """Build the search index from the database; says how to, where that failed."""
        folder = self.options.data_dir
        if self.run("reindex", "--data", str(folder)):
            meilisearch.forget_aside(folder)
        else:
            self.say(f"The search index was not built. Try again: ./run reindex --data {folder}")

    @property
    def lacks_index(self) -> bool:
        """Whether the index is to be built: it begins with a backup, or was put aside."""
        put_aside = meilisearch.aside(self.options.data_dir).exists()
        return self.options.restore is not None or (
            put_aside and self.supervisor.watches("meilisearch")
        )

    def _general_settings(self) -> None:
        folder = self.options.data_dir
        self.env["RELAIS_DATA_DIR"] = str(folder)
        self.env["RELAIS_DEMO"] = "true" if self.options.demo else "false"
        if "base_url" not in self.settings.model_fields_set:
            self.env["RELAIS_BASE_URL"] = self.options.url
        if "secret_key" not in self.settings.model_fields_set:
            self.env["RELAIS_SECRET_KEY"] = keys.secret(folder, "application")

    def _begin_search(self) -> None:
        if self.settings.meili_url:
            return
        folder = self.options.data_dir
        binary = meilisearch.locate(folder)
        if binary is None:
            self.say(meilisearch.MISSING)
            return
        port = ports.remembered(folder, "meilisearch")
        if meilisearch.put_aside(folder, binary):
            self.say("Another Meilisearch made the search index: it is built again.")
        self.supervisor.start(meilisearch.program(folder, port, binary), wait=False)
        self.env["MEILI_URL"] = meilisearch.url(port)
        self.env["MEILI_MASTER_KEY"] = keys.secret(folder, "meilisearch")

    def _begin_payments(self) -> None:
        if self.settings.stripe_secret_key or self.settings.production:
            return
        folder = self.options.data_dir
        port = ports.remembered(folder, "stripe-sandbox")
        target = f"{self.options.url}/webhooks/stripe"
        self.env["STRIPE_API_BASE"] = sandbox.url(port)
        self.env["STRIPE_SECRET_KEY"] = sandbox.api_key(folder)
        self.env["STRIPE_WEBHOOK_SECRETS"] = sandbox.webhook_secret(folder)
        self.supervisor.start(sandbox.program(folder, port, target, self.env), wait=False)

    def _database(self) -> None:
        if self.settings.database_url:
            return
        folder = self.options.data_dir
        binaries = postgres.locate(folder)
        postgres.prepare(folder, binaries)
        port = ports.remembered(folder, "postgres")
        connections = connections_for(self.settings.database_pool, self.options.web_processes)
        self._start_postgres(postgres.program(folder, port, binaries, connections=connections))
        postgres.create_database(folder, port)
        postgres.create_application_role(folder, port)
        self.env["DATABASE_OWNER_URL"] = postgres.dsn(folder, port)
        self.env["DATABASE_URL"] = postgres.application_dsn(folder, port)
        self.env["PG_BIN"] = str(binaries.folder)  # backups need tools of the server's version

    def _restore(self, file: Path) -> None:
        """Put a backup into the empty database and folder. Raises CannotStart."""
        owner = self.env.get(OWNER) or self.settings.database_owner_url
        env = {
            **self.env,
            "RELAIS_DATA_DIR": str(self.options.data_dir),
            "DATABASE_URL": owner or self.settings.database_url,
        }
        self.say(f"restoring {file}")
        done = subprocess.run(  # noqa: S603 - our own script
            [str(RESTORE), str(file)], env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            msg = f"The backup was not restored: {done.stderr.strip()}"
            raise CannotStart(msg)

    def _start_postgres(self, program: programs.Program) -> None:
        # The backends of a killed server need a moment to notice, and hold its memory until then.
        for patience in reversed(range(POSTGRES_TRIES)):
            try:
                self.supervisor.start(program)
            except CannotStart:
                self.supervisor.forget(program.name)
                if not patience:
                    raise
                time.sleep(1)
            else:
                return

    def _migrate(self) -> None:
        address = self.env.get("DATABASE_URL") or self.settings.database_url
        try:
            owner = self.env.get(OWNER) or self.settings.database_owner_url or address
            applied = asyncio.run(migrate(owner, application=role_of(address)))
        except CannotMigrate as error:
            msg = f"The database cannot be used: {error}."
            raise CannotStart(msg) from error
        if applied:
            self.say(f"database: {applied} migration{'s' if applied > 1 else ''} applied")

    def _finish_search(self) -> None:
        if not self.supervisor.watches("meilisearch"):
            return
        try:
            self.supervisor.wait_ready("meilisearch")
        except CannotStart as error:  # search is a comfort: never a reason not to start
            self.supervisor.forget("meilisearch")
            self.env["MEILI_URL"] = ""
            self.say(f"{error}\nGoing on without Meilisearch: search runs on plain PostgreSQL.")

    def _searching_only(self) -> dict[str, str]:
        """What the web processes get instead of Meilisearch's master key."""
        known = self.settings
        master = self.env.get("MEILI_MASTER_KEY") or known.meili_master_key
        key = known.meili_search_key or search_key(master, known.meili_index)
        return {"MEILI_SEARCH_KEY": key, "MEILI_MASTER_KEY": ""} if key else {}

    def _application(self, server: socket.socket) -> None:
        folder, options = self.options.data_dir, self.options
        env = {name: value for name, value in self.env.items() if name != OWNER}
        self.supervisor.start(application.worker(folder, env), wait=False)
        env |= self._searching_only()
        for number in range(1, options.web_processes + 1):
            self.supervisor.start(
                application.web(folder, number, server, options.url, env), wait=False
            )
        self.supervisor.wait_ready("web")
