"""The hosted pages that collect a payment: Checkout and 3-D Secure.

Never need JavaScript and never run any: forms, redirects and one stylesheet.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from payments.sandbox import control, texts
from payments.sandbox.box import Box
from payments.sandbox.errors import StripeError
from payments.sandbox.rendering import Renderer, origin_of
from payments.sandbox.resources import checkout
from payments.sandbox.skeleton import Json
from payments.sandbox.webhooks import Sender


class Pages(Renderer):
    """Draws the pages and takes their forms."""

    def __init__(self, box: Box, sender: Sender) -> None:
        super().__init__()
        self.box = box
        self.sender = sender

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/c/pay/{id}", self.pay, methods=["GET", "POST"]),
            Route("/3ds/{id}", self.prove, methods=["GET", "POST"]),
        ]

    # -- Checkout --------------------------------------------------------------------------

    async def pay(self, request: Request) -> Response:
        """The Checkout page of a session."""
        self.box.tick()
        session = self.box.store.find(request.path_params["id"])
        if session is None or session.get("object") != "checkout.session":
            return self.gone(request, "expired")
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
        self,
        request: Request,
        session: Json,
        error: Json | None = None,
        form: FormData | None = None,
    ) -> Response:
        if error is None and session["_message"]:
            error = {"code": session["_message"]}
        targets = [origin_of(session["success_url"]), origin_of(session["cancel_url"])]
        asked = request.query_params.get("number", "")  # a link beside a test card fills it in
        typed = {name: str(value) for name, value in form.items()} if form else {"number": asked}
        return self.render(
            request,
            "checkout.html",
            session["locale"],
            200 if error is None else 402,
            session=session,
            lines=session["_lines"],
            error=_message_name(error),
            saved=checkout.saved(self.box, session),
            in_debit=bool(typed.get("iban")),
            typed=typed,
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
            return self.gone(request, "expired")
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


def _typed(form: FormData) -> Json:
    names = ("saved", "number", "iban", "name", "email")
    return {name: str(form.get(name) or "").strip() for name in names}


def _message_name(error: Json | None) -> str | None:
    """Which text explains an error of an attempt."""
    if error is None:
        return None
    for name in (error.get("decline_code"), error.get("code")):
        if name in texts.TEXTS["en"]:
            return str(name)
    return "other_error"
