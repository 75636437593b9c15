"""A transaction that cannot begin leaves nothing behind."""

from __future__ import annotations

import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper

from marketplace.core import db
from payments import database


async def _broken(self: TransactionWrapper) -> None:
    raise ConnectionResetError("the server went away in this moment")


@db.command
async def _asked() -> bool:
    return database.in_command()


async def test_a_transaction_that_cannot_begin_is_not_believed_to_be_open(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as outage:
        outage.setattr(TransactionWrapper, "begin", _broken)
        with pytest.raises(ConnectionResetError):
            await _asked()
        with pytest.raises(ConnectionResetError):
            async with db.transaction():
                pass
    assert not _open()
    assert await _asked()
    assert not _open()


def _open() -> bool:
    return database.in_command()
