"""Owns one running application with a lived-in database per test module."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from marketplace.core import clock, db
from marketplace.core.settings import settings
from marketplace.invoicing.service import gate
from marketplace.runtime import sandbox
from tests.fixtures.services import TEMPLATE, PostgresServer, Server
from tests.marketplace.developers import world as worlds

if TYPE_CHECKING:
    from tests.marketplace.developers.world import World


@pytest.fixture(scope="module")
async def world(
    migrated: PostgresServer, sandbox_server: Server, data_dir: Path
) -> AsyncIterator[World]:
    """The application on a database of its own, seeded; shared by the tests of a module."""
    from marketplace.app import create_app

    name = migrated.create(TEMPLATE)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATABASE_URL", migrated.application_dsn(name))
        environment.setenv("STRIPE_API_BASE", sandbox_server.url)
        environment.setenv("STRIPE_SECRET_KEY", sandbox.api_key(data_dir))
        environment.setenv("STRIPE_WEBHOOK_SECRETS", sandbox.webhook_secret(data_dir))
        settings.cache_clear()
        app = create_app()
        async with app.router.lifespan_context(app):
            yield await worlds.build(app)
        gate.close()
        await db.close_db()
        clock.rewind()
        migrated.drop(name)
    settings.cache_clear()
