"""The hosted pages: Checkout, 3-D Secure, onboarding, the account's own page, the state page.

Never needs JavaScript and never runs any: forms, redirects and one stylesheet.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox import control, money, texts
from payments.sandbox.box import Box
from payments.sandbox.errors import Missing, StripeError
from payments.sandbox.events import emit_v2
from payments.sandbox.resources import accounts, checkout
from payments.sandbox.skeleton import Json
from payments.sandbox.webhooks import Sender

HERE = Path(__file__).parent


def origin_of(url: object) -> str:
    """The origin of a URL, for the security policy."""
    parts = urlsplit(str(url or ""))
    return urlunsplit((parts.scheme, parts.netloc, "", "", "")) if parts.netloc else ""


class Pages:
    """Draws the pages and takes their forms."""

    def __init__(self, box: Box, sender: Sender) -> None:
        self.box = box
        self.sender = sender
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/c/pay/{id}", self.pay, methods=["GET", "POST"]),
            Route("/3ds/{id}", self.prove, methods=["GET", "POST"]),
            Route("/setup/e/{account}/{token}", self.onboard, methods=["GET", "POST"]),
            Route("/express/{account}", self.express),
            Route("/_sandbox", self.state),
            Route("/_sandbox/", self.state),
            Route("/_sandbox/do/{action}", self.do, methods=["POST"]),
            Route("/_sandbox/do/{action}/{id}", self.do, methods=["POST"]),
            Route("/assets/sandbox.css", self.stylesheet),
        ]

    def render(
        self, request: Request, name: str, kept: str | None = None, status: int = 200, **given: object
    ) -> Response:
        """Draw a template in the page's language, with its security headers."""
        locale = texts.choose_locale(
            request.query_params.get("locale"),
            kept,
            request.headers.get("accept-language", ""),
        )
        words = texts.TEXTS[locale]
        html = self.templates.get_template(name).render(
            t=words,
            lang=locale,
            amount=lambda minor, currency: texts.amount(minor, currency, locale),
            moment=texts.moment,
            cards=texts.CARD_HELP,
            ibans=texts.IBAN_HELP,
            here=str(request.url.path),
            query=f"?locale={locale}",
            **given,
        )
        targets = given.get("targets")
        allowed = " ".join(targets) if isinstance(targets, list) else ""
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
            f" frame-ancestors 'none'; form-action 'self' {allowed}"
        )
        headers = {
            "Content-Security-Policy": policy.strip(),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(html, status, headers)

    # -- Checkout --------------------------------------------------------------------------

    async def pay(self, request: Request) -> Response:
        """The Checkout page of a session."""
        self.box.tick()
        session = self.box.store.find(request.path_params["id"])
        if session is None or session.get("object") != "checkout.session":
            return self.render(request, "gone.html", status=404, message="expired", target=None)
        if session["status"] != "open":
            return self._closed(request, session)
        if request.method == "GET":
            return self._checkout(request, session)
        form = await request.form()
        try:
            with self.box.store.transaction():
                intent = checkout.submit(self.box, session, control.method_of(_typed(form)))
        except StripeError as error:
            self.sender.wake()
            return self._checkout(request, session, checkout.told(error), form)
        self.sender.wake()
        if intent["status"] == "requires_action":
            return RedirectResponse(f"/3ds/{intent['id']}", 303)
        return RedirectResponse(checkout.finished_url(session), 303)

    def _checkout(
        self, request: Request, session: Json, error: Json | None = None, form: FormData | None = None
    ) -> Response:
        if error is None and session["_message"]:
            error = {"code": session["_message"]}
        targets = [origin_of(session["success_url"]), origin_of(session["cancel_url"])]
        return self.render(
            request,
            "checkout.html",
            session["locale"],
            200 if error is None else 402,
            session=session,
            lines=session["_lines"],
            error=_message_name(error),
            in_debit=bool(form and form.get("iban")),
            typed={name: str(value) for name, value in form.items()} if form else {},
            targets=targets,
        )

    def _closed(self, request: Request, session: Json) -> Response:
        done = session["status"] == "complete"
        message = "already" if session["mode"] == "payment" else "already_setup"
        return self.render(
            request,
            "gone.html",
            session["locale"],
            200 if done else 410,
            message=message if done else "expired",
            target=checkout.finished_url(session) if done else session["cancel_url"],
        )

    # -- 3-D Secure ------------------------------------------------------------------------

    async def prove(self, request: Request) -> Response:
        """The page that stands for the bank's own."""
        intent = self.box.store.find(request.path_params["id"])
        if intent is None or intent.get("object") not in ("payment_intent", "setup_intent"):
            return self.render(request, "gone.html", status=404, message="expired", target=None)
        sessions = self.box.store.where("checkout.session", intent["object"], intent["id"])
        session = sessions[0] if sessions else None
        kept = session["locale"] if session else None
        back = intent.get("_return_url")
        if intent["status"] != "requires_action":
            target = checkout.finished_url(session) if session else back
            return self.render(request, "gone.html", kept, message="already", target=target)
        if request.method == "GET":
            urls = [back] if session is None else [session["success_url"], session["cancel_url"]]
            targets = [origin_of(url) for url in urls]
            return self.render(request, "3ds.html", kept, intent=intent, targets=targets)
        form = await request.form()
        passed = form.get("result") == "pass"
        return self._proved(intent, session, back, passed=passed)

    def _proved(
        self, intent: Json, session: Json | None, back: str | None, *, passed: bool
    ) -> Response:
        result = {"result": "pass" if passed else "fail"}
        try:
            with self.box.store.transaction():
                control.prove(self.box, intent["id"], result)
                if session is not None:
                    failure = None if passed else "payment_intent_authentication_failure"
                    self.box.edit(session, _message=failure)
        except StripeError as error:
            if session is not None:
                with self.box.store.transaction():
                    self.box.edit(session, _message=_message_name(checkout.told(error)))
        self.sender.wake()
        if session is not None and session["status"] == "open":
            return RedirectResponse(f"/c/pay/{session['id']}", 303)
        if session is not None:
            return RedirectResponse(checkout.finished_url(session), 303)
        if not back:
            return RedirectResponse(f"/3ds/{intent['id']}", 303)
        told = {
            intent["object"]: intent["id"],
            f"{intent['object']}_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if passed else "failed",
        }
        joint = "&" if urlsplit(back).query else "?"
        return RedirectResponse(f"{back}{joint}{urlencode(told)}", 303)

    # -- onboarding ------------------------------------------------------------------------

    async def onboard(self, request: Request) -> Response:
        """The hosted onboarding page behind an account link."""
        link = self.box.store.find(request.path_params["token"])
        account = self.box.store.find(request.path_params["account"])
        if link is None or account is None or link.get("account") != account["id"]:
            return self.render(request, "gone.html", status=404, message="link_used", target=None)
        if link["used"] or link["expires"] < self.box.now():
            target = link["refresh_url"]
            if request.method == "GET" and target:
                return RedirectResponse(target, 303)
            return self.render(request, "gone.html", None, 410, message="link_used", target=target)
        if request.method == "GET":
            return self._onboarding(request, account, link, {}, {})
        form = {name: str(value) for name, value in (await request.form()).items()}
        wrong = _wrong(form)
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
            return self.render(request, "gone.html", status=404, message="link_used", target=None)
        mine = [p for p in self.box.store.of_kind("payout") if p["_account"] == account["id"]]
        return self.render(
            request,
            "express.html",
            account=account,
            status=accounts.status(account),
            balance=money.view(self.box, account["id"]),
            payouts=mine[:50],
        )

    # -- state -----------------------------------------------------------------------------

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
            violations=self.box.violations,
            checked=self.box.checked,
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
        css = (HERE / "templates" / "sandbox.css").read_text(encoding="utf-8")
        return Response(css, media_type="text/css", headers={"Cache-Control": "max-age=60"})


def _typed(form: FormData) -> Json:
    return {name: str(form.get(name) or "").strip() for name in ("number", "iban", "name", "email")}


def _message_name(error: Json | None) -> str | None:
    """Which text explains an error of an attempt."""
    if error is None:
        return None
    for name in (error.get("decline_code"), error.get("code")):
        if name in texts.TEXTS["en"]:
            return str(name)
    return "other_error"


def _wrong(form: dict[str, str]) -> dict[str, str]:
    """Which onboarding fields need another look, with the name of the text to show."""
    wrong = {
        name: "field_required"
        for name in ("given_name", "surname", "birth")
        if not form.get(name, "").strip()
    }
    if form.get("outcome") != "missing" and not form.get("iban", "").strip():
        wrong["iban"] = "field_required"
    if not form.get("terms"):
        wrong["terms"] = "terms_required"
    return wrong
