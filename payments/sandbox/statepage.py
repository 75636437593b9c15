"""The operator-like page: everything at a glance, with the controls as buttons.

Never part of Stripe; it stands in for the Dashboard.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox import control, money
from payments.sandbox.box import Box
from payments.sandbox.errors import Missing, StripeError
from payments.sandbox.rendering import TEMPLATES, Renderer
from payments.sandbox.resources import accounts
from payments.sandbox.webhooks import Sender


class StatePage(Renderer):
    """Draws the page and takes its buttons."""

    def __init__(self, box: Box, sender: Sender) -> None:
        super().__init__()
        self.box = box
        self.sender = sender

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/_sandbox", self.state),
            Route("/_sandbox/", self.state),
            Route("/_sandbox/do/{action}", self.do, methods=["POST"]),
            Route("/_sandbox/do/{action}/{id}", self.do, methods=["POST"]),
            Route("/assets/sandbox.css", self.stylesheet),
        ]

    async def state(self, request: Request) -> Response:
        """Everything at a glance, with the controls as buttons."""
        self.box.tick()
        kinds = (
            "checkout.session payment_intent setup_intent charge refund dispute transfer payout"
        ).split()
        store = self.box.store
        return self.render(
            request,
            "state.html",
            now=self.box.now(),
            offset=self.box.clock.offset,
            balance=money.view(self.box, self.box.PLATFORM),
            accounts=[accounts.summary(a) for a in store.of_kind("account")[:25]],
            rows={kind.replace(".", "_"): store.of_kind(kind)[:25] for kind in kinds},
            events=store.of_kind("event")[:40],
            hooks=store.of_kind("_hook"),
            faults=store.of_kind("_fault"),
            waiting=store.count("_delivery"),
            violations=self.box.conformance.violations,
            checked=self.box.conformance.checked,
            message=request.query_params.get("message", ""),
        )

    async def do(self, request: Request) -> Response:
        """A button of the state page."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        name = request.path_params["action"]
        message = ""
        try:
            if name == "advance":
                self.box.advance(float(form.get("seconds", "0")))
            elif name not in control.ACTIONS:
                raise Missing("control", name)
            else:
                with self.box.store.transaction():
                    control.ACTIONS[name](self.box, request.path_params.get("id", ""), form)
        except StripeError as error:
            message = str(error)
        except (ValueError, KeyError):
            message = "This could not be read."
        self.sender.wake()
        suffix = f"?{urlencode({'message': message})}" if message else ""
        return RedirectResponse(f"/_sandbox{suffix}", 303)

    async def stylesheet(self, _: Request) -> Response:
        """The pages' stylesheet."""
        css = (TEMPLATES / "sandbox.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=60"})
