"""A restored instance serves pages and sends nothing until somebody says so."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock, held, jobs, once
from marketplace.core.db import command, connection
from marketplace.core.models import OutgoingMail
from tests.fixtures.product import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

LEFT = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'mail.send'"


@command
async def write() -> None:
    row = await OutgoingMail.create(
        recipient="camille@example.org", locale="fr", template="t", subject="Rappel",
        text="Bonjour", html="<p>Bonjour</p>", created_at=clock.now(), about="", unsubscribe="",
    )  # fmt: skip
    await jobs.defer("mail.send", mail=row.id)


async def said(worker: asyncio.subprocess.Process, words: bytes) -> bool:
    """Whether it says these words before its mail has left."""
    assert worker.stderr is not None
    while await connection().execute_query_dict(LEFT):
        try:
            line = await asyncio.wait_for(worker.stderr.readline(), 1)
        except TimeoutError:
            continue
        if words in line or not line:
            return bool(line)
    return False


@pytest.mark.usefixtures("database")
async def test_the_worker_of_a_restored_instance_waits_for_the_word(tmp_path: Path) -> None:
    await once.mark_done(held.RESTORED)
    await write()
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "marketplace.worker",
        env={**os.environ, "RELAIS_DATA_DIR": str(tmp_path)}, cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert await said(worker, b"and held")
        assert await connection().execute_query_dict(LEFT)
        assert not (tmp_path / "mail").exists()
        await held.resume()
        await said(worker, b"never said")
        assert list((tmp_path / "mail").iterdir())
    finally:
        worker.kill()
        await worker.wait()


async def test_an_instance_says_that_it_is_held(client: httpx.AsyncClient) -> None:
    async def worker() -> str:
        answer = (await client.get("/health/ready")).json()["parts"]["worker"]
        return str(answer.get("problem"))

    assert "restored" not in await worker()
    await once.mark_done(held.RESTORED)
    assert "restored" in await worker()
    await held.resume()
    await held.resume()
    assert "restored" not in await worker()
    assert await held.since() is None
