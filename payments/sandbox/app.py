"""The sandbox's Starlette application: API, controls and pages in one.

Never listens by itself; `__main__` starts it, on this machine only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

import payments.sandbox.resources  # noqa: F401  (fills the table of operations)
from payments.sandbox.box import Box, Settings
from payments.sandbox.control import Control
from payments.sandbox.dispatch import Dispatcher
from payments.sandbox.onboarding import Onboarding
from payments.sandbox.pages import Pages
from payments.sandbox.resources.events import add_hook
from payments.sandbox.statepage import StatePage
from payments.sandbox.webhooks import Sender

CLI_HOOK = "ed_test_cli"


def build(settings: Settings) -> Starlette:
    """The application for one sandbox."""
    box = Box(settings)
    _install_hook(box)
    sender = Sender(box)
    dispatcher, control = Dispatcher(box, sender), Control(box, sender)

    async def api(request: Request) -> Response:
        return await dispatcher(request)

    async def controls(request: Request) -> Response:
        return await control(request)

    async def home(_: Request) -> Response:
        return RedirectResponse("/_sandbox", 303)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sending = asyncio.create_task(sender.run())
        try:
            yield
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
            box.conformance.tell()
            box.store.close()

    methods = ["GET", "POST", "DELETE"]
    routes = [
        Route("/", home),
        *Pages(box, sender).routes(),
        *Onboarding(box, sender).routes(),
        *StatePage(box, sender).routes(),
        Route("/_sandbox/{action}", controls, methods=["GET", "POST"]),
        Route("/_sandbox/{action}/{id}", controls, methods=["GET", "POST"]),
        Route("/{path:path}", api, methods=methods),
    ]
    # A page of another site must not reach the controls through a rebound host name.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
    return Starlette(routes=routes, middleware=[hosts], lifespan=lifespan)


def _install_hook(box: Box) -> None:
    """The webhook named on the command line replaces the one of the last start."""
    with box.store.transaction():
        old = box.store.find(CLI_HOOK)
        if old is not None:
            box.store.drop(old)
        if box.settings.webhook is not None:
            secret = box.settings.webhook_secret or ""
            add_hook(box, box.settings.webhook, secret, id=CLI_HOOK, name="command line")
