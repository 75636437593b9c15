"""The operator-like page: everything at a glance, with the controls as buttons.

Never part of Stripe; it stands in for the Dashboard.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox import control, faults, money
from payments.sandbox.box import Box
from payments.sandbox.errors import Missing, StripeError
from payments.sandbox.rendering import TEMPLATES, Renderer
from payments.sandbox.resources import accounts
from payments.sandbox.skeleton import Json
from payments.sandbox.statewords import WORDS
from payments.sandbox.webhooks import Sender

_SHOWN = 25
# section of the page -> kind of object
_SECTIONS = {
    "sessions": "checkout.session",
    "intents": "payment_intent",
    "setups": "setup_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "accounts": "account",
    "transfers": "transfer",
    "payouts": "payout",
    "hooks": "_hook",
    "faults": "_fault",
    "events": "v2.core.event",
}


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
        store = self.box.store
        rows = {name: store.of_kind(kind)[:_SHOWN] for name, kind in _SECTIONS.items()}
        rows["accounts"] = [accounts.summary(account) for account in rows["accounts"]]
        hooks = rows["hooks"]
        sending: Json = {
            name: any(hook[name] for hook in hooks) for name in ("duplicate", "shuffle", "disabled")
        }
        sending["delay"] = max((hook["delay"] for hook in hooks), default=0)
        return self.render(
            request,
            "state.html",
            words=WORDS,
            now=self.box.now(),
            offset=self.box.clock.offset,
            balance=money.view(self.box, self.box.PLATFORM),
            counts={name: store.count(kind) for name, kind in _SECTIONS.items()},
            rows=rows,
            sending=sending,
            kinds=faults.KINDS,
            waiting=store.count("_delivery"),
            violations=self.box.conformance.violations,
            checked=self.box.conformance.checked,
            message=request.query_params.get("message", ""),
        )

    async def do(self, request: Request) -> Response:
        """A button of the state page."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        section = form.pop("at", "")
        name = request.path_params["action"]
        locale = request.query_params.get("locale", "en")
        told = {"locale": locale}
        try:
            if name == "advance":
                self.box.advance(float(form.get("seconds", "0")))
            elif name not in control.ACTIONS:
                raise Missing("control", name)
            else:
                given = _sending(form) if name == "hooks" else form
                with self.box.store.transaction():
                    control.ACTIONS[name](self.box, request.path_params.get("id", ""), given)
        except StripeError as error:
            told["message"] = str(error)
        except (ValueError, KeyError, re.error):
            told["message"] = WORDS.get(locale, WORDS["en"])["unread"]
        self.sender.wake()
        anchor = f"#{section}" if section in _SECTIONS and "message" not in told else ""
        return RedirectResponse(f"/_sandbox?{urlencode(told)}{anchor}", 303)

    async def stylesheet(self, _: Request) -> Response:
        """The pages' stylesheet."""
        css = (TEMPLATES / "sandbox.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=60"})


def _sending(form: dict[str, str]) -> Json:
    """The form about how events are sent: a box that is not ticked is not sent."""
    ticked: Json = {name: name in form for name in ("duplicate", "shuffle", "disabled")}
    return ticked | {"delay": max(float(form.get("delay") or 0), 0)}
