"""Joins a running instance of the product: the test acts as its people, watches and kills it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from marketplace.accounts.models import Person
from marketplace.accounts.service import sessions
from marketplace.core import outside
from marketplace.core.settings import settings
from marketplace.runtime import environment
from marketplace.web.sessions import cookie_name
from tests.fixtures.product import Product

PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.05


@asynccontextmanager
async def joined(product: Product) -> AsyncIterator[None]:
    """Have this process's settings, database pool and reactions be the instance's."""
    from marketplace import app

    before = dict(os.environ)
    assert environment.join(product.data_dir)
    settings.cache_clear()
    try:
        application = app.create_app()
        async with application.router.lifespan_context(application):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


async def until(what: str, true: Callable[[], Awaitable[Any]]) -> Any:
    """What `true` gives as soon as it is something; what it raises meanwhile counts as nothing."""
    limit = time.monotonic() + PATIENCE_SECONDS
    last: object = None
    while time.monotonic() < limit:
        try:
            last = await true()
        except (httpx.HTTPError, psycopg.Error, ValueError) as error:
            last = error
        else:
            if last:
                return last
        await asyncio.sleep(POLL_SECONDS)
    msg = f"waited in vain: {what}; last seen: {last!r}"
    raise AssertionError(msg)


class Instance:
    """The instance as seen from outside."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.answers: list[httpx.Response] = []  # everything it said, for the check of honesty

    async def get(self, path: str, token: str = "") -> httpx.Response:
        """Ask for a page or an API answer, as somebody or as nobody."""
        return await self._ask("GET", path, token, None)

    async def send(self, method: str, path: str, token: str, body: dict[str, Any]) -> str:
        """Send until a definite answer comes, as a patient person would; its status code."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            assert time.monotonic() < limit, f"no definite answer to {method} {path}"
            try:
                answer = await self._ask(method, path, token, body)
            except httpx.TransportError:
                await asyncio.sleep(POLL_SECONDS)
                continue
            if answer.status_code != 503:
                return f"{answer.status_code} {answer.text[:200]}"
            await asyncio.sleep(POLL_SECONDS)

    async def _ask(
        self, method: str, path: str, token: str, body: dict[str, Any] | None
    ) -> httpx.Response:
        headers = {"Origin": self.product.url, "Sec-Fetch-Site": "same-origin"}
        cookies = {cookie_name(): token} if token else {}
        async with outside.client(
            base_url=self.product.url, headers=headers, cookies=cookies, timeout=PATIENCE_SECONDS
        ) as browser:
            answer = await browser.request(method, path, json=body)
        self.answers.append(answer)
        return answer

    async def health(self) -> tuple[int, dict[str, Any]]:
        """The status and content of /health/ready."""
        async with outside.client(timeout=PATIENCE_SECONDS) as client:
            answer = await client.get(f"{self.product.url}/health/ready")
        return answer.status_code, answer.json()

    async def well(self) -> None:
        """Wait until every part works, without anybody's help."""

        async def ok() -> bool:
            _, said = await self.health()
            if said["status"] != "ok":
                raise ValueError(said)  # `until` tells what it was
            return True

        await until("health ok", ok)

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows of its database over a connection of our own."""
        address = settings().database_url
        with psycopg.connect(address, row_factory=dict_row, connect_timeout=5) as connection:
            return connection.execute(query.encode(), values).fetchall()

    async def control(self, path: str, /, **body: object) -> None:
        """Turn a knob of the sandbox, as soon as it listens."""

        async def done() -> bool:
            async with outside.client(base_url=settings().stripe_api_base) as client:
                return (await client.post(f"/_sandbox/{path}", json=body)).is_success

        await until(f"sandbox {path}", done)

    def kill(self, name: str) -> None:
        """End it as kill -9 does, and do nothing else."""
        os.kill(self.product.pids()[name], signal.SIGKILL)

    async def replaced(self, name: str, before: int) -> None:
        """Wait until the supervisor has started another one."""

        async def other() -> bool:
            return self.product.pids()[name] != before

        await until(f"another {name}", other)

    @contextmanager
    def nobody_watching(self) -> Iterator[None]:
        """Freeze the supervisor, so that an outage lasts until the block ends."""
        assert self.product.process is not None
        self.product.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.product.process.send_signal(signal.SIGCONT)


async def session(who: Person) -> str:
    """A session of this person."""
    return await sessions.open_session(who.id, ip="127.0.0.1", agent="test")


def processes_in(folder: Path) -> list[str]:
    """Command lines of whatever runs in this data folder (Linux): named by it or working in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if int(entry.name) != os.getpid() and (
            str(folder) in command or place.startswith(str(folder))
        ):
            found.append(f"{entry.name} {command}")
    return found
