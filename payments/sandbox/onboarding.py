"""The hosted onboarding page, and the page where an account's holder sees its money.

Never verifies anyone: the form itself says what the outcome should be.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from stdnum import iban

from payments.sandbox import money
from payments.sandbox.box import Box
from payments.sandbox.events import emit_v2
from payments.sandbox.rendering import Renderer, origin_of
from payments.sandbox.resources import accounts
from payments.sandbox.skeleton import Json
from payments.sandbox.webhooks import Sender


class Onboarding(Renderer):
    """Draws the pages and takes the form."""

    def __init__(self, box: Box, sender: Sender) -> None:
        super().__init__()
        self.box = box
        self.sender = sender

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/setup/e/{account}/{token}", self.onboard, methods=["GET", "POST"]),
            Route("/express/{account}", self.express),
        ]

    async def onboard(self, request: Request) -> Response:
        """The hosted onboarding page behind an account link."""
        link = self.box.store.find(request.path_params["token"])
        account = self.box.store.find(request.path_params["account"])
        if link is None or account is None or link.get("account") != account["id"]:
            return self.gone(request, "link_used")
        if link["used"] or link["expires"] < self.box.now():
            target = link["refresh_url"]
            if request.method == "GET" and target:
                return RedirectResponse(target, 303)
            return self.gone(request, "link_used", target, 410)
        if request.method == "GET":
            return self._onboarding(request, account, link, {}, {})
        form = {name: str(value) for name, value in (await request.form()).items()}
        wrong = _wrong(form, self.box.now())
        if wrong:
            return self._onboarding(request, account, link, form, wrong)
        with self.box.store.transaction():
            self._take(account, link, form.get("outcome", "complete"))
        self.sender.wake()
        return RedirectResponse(link["return_url"] or f"/express/{account['id']}", 303)

    def _onboarding(
        self, request: Request, account: Json, link: Json, typed: Json, wrong: dict[str, str]
    ) -> Response:
        return self.render(
            request,
            "onboarding.html",
            (account["_v2"].get("locales") or [None])[0],
            422 if wrong else 200,
            account=account,
            link=link,
            typed=typed,
            wrong=wrong,
            targets=[origin_of(link["return_url"]), origin_of(link["refresh_url"])],
        )

    def _take(self, account: Json, link: Json, outcome: str) -> None:
        missing = []
        if outcome == "missing":
            missing = ["configuration.recipient.default_outbound_destination"]
        self.box.edit(link, used=True)
        accounts.change(
            self.box,
            account,
            _missing=missing,
            _later=[],
            _verifying=outcome == "verifying",
            _rejected=outcome == "rejected",
            details_submitted=True,
        )
        if link["v2"]:
            data = {"account_id": account["id"], "configurations": ["recipient"]}
            told = data | {"use_case": "account_onboarding"}
            emit_v2(self.box, "v2.core.account_link.returned", account["id"], told)

    async def express(self, request: Request) -> Response:
        """What the holder of an account sees of it."""
        self.box.tick()
        account = self.box.store.find(request.path_params["account"])
        if account is None or account.get("object") != "account":
            return self.gone(request, "link_used")
        mine = [p for p in self.box.store.of_kind("payout") if p["_account"] == account["id"]]
        return self.render(
            request,
            "express.html",
            (account["_v2"].get("locales") or [None])[0],
            account=account,
            holder=account["_v2"].get("display_name") or account["email"] or account["id"],
            capability=accounts.status(account),
            balance=money.view(self.box, account["id"]),
            payouts=mine[:50],
        )


def _is_past(text: str, now: int) -> bool:
    try:
        day = date.fromisoformat(text)
        return date(1900, 1, 1) < day < datetime.fromtimestamp(now, UTC).date()
    except ValueError:
        return False


def _wrong(form: dict[str, str], now: int) -> dict[str, str]:
    """Which onboarding fields need another look, with the name of the text to show."""
    wrong = {
        name: "field_required"
        for name in ("given_name", "surname", "birth")
        if not form.get(name, "").strip()
    }
    if "birth" not in wrong and not _is_past(form["birth"].strip(), now):
        wrong["birth"] = "birth_wrong"
    if form.get("outcome") != "missing":
        number = form.get("iban", "").strip()
        if not number or not iban.is_valid(number):
            wrong["iban"] = "iban_wrong" if number else "field_required"
    if not form.get("terms"):
        wrong["terms"] = "terms_required"
    return wrong
