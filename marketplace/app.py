"""Wires HTTP: routes, middleware, what opens at start and closes at the end. No behaviour here."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from brotli_asgi import BrotliMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from marketplace import reactions
from marketplace.core.db import close_db, init_db
from marketplace.core.settings import settings
from marketplace.web import csrf, errors, sessions, templates, visitors
from marketplace.web.routing import Api, Pages
from marketplace.web.templates import DIST

FEATURES = (
    "health", "home", "accounts", "notifications", "parties", "jurisdictions", "profiles",
    "references", "exposure", "directory", "shortlists", "saved_searches", "sealing", "contracts",
    "vigilance", "work", "billing", "disputes", "reviews", "invoicing", "developers", "admin",
    "my_data",
)  # fmt: skip


BUSIEST = "directory"


class BuiltFiles(StaticFiles):
    """Files whose addresses carry their content's hash, so browsers may keep them for ever.

    While processes are replaced one after another, the page of a new one is answered its files by
    an old one: what lies under the address of other content must not stay there.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for ever only when its address names this very content."""
        response = await super().get_response(path, scope)
        if scope["query_string"] == templates.asset(path).partition("?")[2].encode():
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _module(feature: str, part: str) -> object | None:
    name = f"marketplace.{feature}.{part}"
    return import_module(name) if find_spec(f"marketplace.{feature}") and find_spec(name) else None


def apis() -> list[Api]:
    """Every feature's JSON operations."""
    found = [_module(feature, "api") for feature in FEATURES]
    return [module.api for module in found if module is not None]  # type: ignore[attr-defined]


def routes() -> list[BaseRoute]:
    """Every route of the product."""
    from payments import webhooks

    made: list[BaseRoute] = []
    # Starlette tries one after another, which costs as much as a search's own work: busiest first.
    for feature in sorted(FEATURES, key=lambda name: name != BUSIEST):
        for part in (_module(feature, "api"), _module(feature, "pages")):
            api: Api | None = getattr(part, "api", None)
            pages: Pages | None = getattr(part, "pages", None)
            made += api.routes() if api else []
            made += pages.routes if pages else []
    made += webhooks.routes
    return [*made, Mount("/static", BuiltFiles(directory=DIST, check_dir=False))]


def connect_features() -> None:
    """Join the parts that may not import one another."""
    from marketplace.accounts import queries as accounts
    from marketplace.directory.queries.kept import connect as connect_kept
    from marketplace.directory.queries.reviewed import connect as connect_reviewed
    from marketplace.parties import queries as parties
    from marketplace.reviews import queries as reviews
    from marketplace.shortlists import queries as shortlists
    from marketplace.shortlists.service import adopt
    from marketplace.vigilance.queries.committed import connect as connect_committed
    from marketplace.work import queries as work

    connect_kept(shortlists.kept)
    connect_reviewed(reviews.newest)
    connect_committed(work.committed, work.dearest)
    visitors.connect(adopt)
    sessions.connect(
        accounts.person_by_session, accounts.person_by_api_token, parties.for_person,
        accounts.session_owner,
    )  # fmt: skip
    reactions.connect()


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Open the database pool and each feature's own resources; close them in reverse."""
    templates.warm()
    async with AsyncExitStack() as stack:
        await init_db()
        stack.push_async_callback(close_db)
        for feature in FEATURES:
            module = _module(feature, "service")
            if hasattr(module, "opened"):  # an async context manager: HTTP pools and the like
                await stack.enter_async_context(module.opened())
        yield


def create_app() -> Starlette:
    """The ASGI application."""
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold whole addresses
    connect_features()
    return Starlette(
        debug=False,
        routes=routes(),
        lifespan=lifespan,
        exception_handlers=errors.HANDLERS | {Exception: csrf.on_fault},
        middleware=[
            Middleware(csrf.SecurityHeaders),
            Middleware(csrf.BodyLimit),
            Middleware(csrf.SameOrigin),
            Middleware(BrotliMiddleware, quality=4, minimum_size=600),
        ],
    )


settings()  # a wrong setting stops the start here, with its name
