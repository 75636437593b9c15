"""Owns the pages of references: the assistant's list, and where the links of mails lead."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core import clock
from marketplace.core.errors import Conflict, Invalid, TooManyRequests
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import _
from marketplace.profiles import queries as profiles
from marketplace.profiles.rules.states import LANGUAGES
from marketplace.references import queries, service
from marketplace.references.rules import counting
from marketplace.references.rules.links import Purpose
from marketplace.references.rules.states import (
    ADDRESS_KEPT,
    REPORT_MAX,
    TEXT_MAX,
    WAITS,
    YEARS,
    Relation,
    Status,
)
from marketplace.references.schemas import (
    AnswerDraft,
    AskDraft,
    DeclineDraft,
    LinkDraft,
    OwnReference,
    ReportDraft,
    ShownDraft,
    language_name,
)
from marketplace.web import links
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.network import network
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("references")
HERE = "/references"
ONE = HERE + "/{reference_id:uuid}"
ANSWER, REMOVE, STOP = "reference", "reference_remove", "reference_stop"


async def _published(request: Request) -> list[profiles.Profile]:
    listed = await profiles.of_parties(viewer(request))
    return [one for one in listed if one.status is profiles.Status.PUBLISHED]


@pages.get(HERE, guard=signed_in)
async def mine(request: Request) -> Response:
    """The references asked for, and what they prove."""
    locale = request.state.locale
    rows = await queries.mine(viewer(request))
    listed = await _published(request)
    standing = [(one, counting.proven(await queries.counted(one.id, clock.today(one.time_zone))))
                for one in listed]  # fmt: skip
    return render(
        request, "references/index.html", rows=[OwnReference.of(row, locale) for row in rows],
        standing=standing, least=counting.LEAST, grounds=GROUNDS, noindex=True,
    )  # fmt: skip


@pages.get("/references/new", guard=signed_in)
async def new(request: Request) -> Response:
    """Ask for whom, and since when they know each other."""
    return await _new(request, blank({"locale": request.state.locale}))


async def _new(request: Request, form: Form, status: int = 200) -> Response:
    return render(
        request, "references/new.html", status, form=form, profiles=await _published(request),
        relations=list(Relation), waits=WAITS.days, noindex=True,
    )  # fmt: skip


@pages.post(HERE, guard=signed_in)
async def ask(request: Request) -> Response:
    """Mail the request."""
    draft, form = validate(AskDraft, await read_form(request))
    if draft is None:
        return await _new(request, form, 422)
    try:
        await service.ask(viewer(request), draft)
    except (Invalid, Conflict, TooManyRequests) as error:
        return await _new(request, refused(form, error), error.status)
    return to(request, HERE, _("Your client is asked by mail. You are told when they answer."))


@pages.post(ONE + "/hide", guard=signed_in)
async def hide(request: Request) -> Response:
    """Hide a reference, or show it again."""
    draft, _form = validate(ShownDraft, await read_form(request))
    hidden = draft is None or draft.hidden
    await service.hide(viewer(request), request.path_params["reference_id"], hidden=hidden)
    return to(request, HERE, _("The reference is hidden.") if hidden else _("It is shown again."))


@pages.post(ONE + "/withdraw", guard=signed_in)
async def withdraw(request: Request) -> Response:
    """Take a request back."""
    await service.withdraw(viewer(request), request.path_params["reference_id"])
    return to(request, HERE, _("Withdrawn: no more mails are sent for it."))


@pages.get(ONE + "/report", guard=public)
async def report_form(request: Request) -> Response:
    """Say why a reference is unlawful."""
    return await _report(request, blank())


async def _report(request: Request, form: Form, status: int = 200) -> Response:
    row = await queries.reports.visible(request.path_params["reference_id"])
    return render(
        request, "references/report.html", status, form=form, reference_id=row.id, most=REPORT_MAX,
        grounds=GROUNDS, noindex=True,
    )  # fmt: skip


@pages.post(ONE + "/report", guard=public)
async def report(request: Request) -> Response:
    """Keep a report for operators."""
    draft, form = validate(ReportDraft, await read_form(request))
    if draft is None:
        return await _report(request, form, 422)
    reference_id, locale = request.path_params["reference_id"], request.state.locale
    row = await queries.reports.visible(reference_id)
    try:
        await service.report(reference_id, draft, locale, network(request))
    except TooManyRequests as error:
        return await _report(request, refused(form, error), error.status)
    said = _("Thank you. A person here reads your report and decides; nothing is hidden before.")
    return to(request, f"/assistants/{row.profile.slug}", said)


async def _knock(request: Request) -> None:
    await service.knock(network(request))


@pages.get("/references/answer", guard=public)
@pages.get("/references/answer/{number}", guard=public)
@links.opens(ANSWER, links.DAY, several=True)
async def answer_form(request: Request, token: str) -> Response:
    """Who asks, what will be public, and the short form."""
    await _knock(request)
    return await _answer_page(request, token, blank({"language": request.state.locale}))


async def _answer_page(request: Request, token: str, form: Form, status: int = 200) -> Response:
    locale = request.state.locale
    row = await queries.by_link(Purpose.ANSWER, token)
    shown = await queries.request(row, locale)
    if not form.submitted:
        months = {"worked_from": shown.worked_from, "worked_to": shown.worked_to}
        written = {name: f"{day:%Y-%m}" for name, day in months.items() if day}
        form = blank({**form.initial, **written})
    named = sorted((language_name(code, locale), code) for code in LANGUAGES)
    page = render(
        request, "references/answer.html", status, form=form, asked=shown, token=token,
        languages=[(code, name) for name, code in named], most=TEXT_MAX, years=YEARS,
        kept_days=ADDRESS_KEPT.days, own=viewer(request).acts_for(row.party_id), noindex=True,
        number=links.number_of(token),
    )  # fmt: skip
    return links.private(page)


@pages.post("/references/answer", guard=public)
@pages.post("/references/answer/{number}", guard=public)
async def answer(request: Request) -> Response:
    """Give the reference: it is public from now on."""
    await _knock(request)
    data = await read_form(request)
    token = str(data.get("token", ""))
    draft, form = validate(AnswerDraft, data)
    if draft is None:
        return await _answer_page(request, token, form, 422)
    try:
        row = await service.answer(viewer(request), draft)
    except (Invalid, Conflict) as error:  # sent twice, for one: then nothing more is needed
        return await _answer_page(request, token, refused(form, error), error.status)
    return _done(request, token, given=queries.given(row, request.state.locale))


@pages.post("/references/decline", guard=public)
async def decline(request: Request) -> Response:
    """Give none, or know nobody of that name."""
    await _knock(request)
    data = await read_form(request)
    token = str(data.get("token", ""))
    draft, form = validate(DeclineDraft, data)
    if draft is None:
        return await _answer_page(request, token, form, 422)
    try:
        row = await service.decline(draft)
    except Conflict as error:
        return await _answer_page(request, token, blank(), error.status)
    return _done(request, token, given=queries.given(row, request.state.locale))


def _done(request: Request, token: str, **shown: Any) -> Response:
    response = render(
        request, "references/done.html", kept_days=ADDRESS_KEPT.days, states=Status, noindex=True,
        **shown,
    )  # fmt: skip
    links.forget(response, links.numbered(ANSWER, token))
    return links.private(response)


@pages.get("/references/remove", guard=public)
@pages.get("/references/remove/{number}", guard=public)
@links.opens(REMOVE, links.DAY, several=True)
async def remove_form(request: Request, token: str) -> Response:
    """What somebody gave, and the button that removes it."""
    await _knock(request)
    row = await queries.by_link(Purpose.REMOVE, token)
    return _remove_page(request, token, row)


def _remove_page(request: Request, token: str, row: Any) -> Response:
    given = queries.given(row, request.state.locale)
    page = render(
        request, "references/remove.html", token=token, given=given, grounds=GROUNDS, noindex=True
    )
    return links.private(page)


@pages.post("/references/remove", guard=public)
async def remove(request: Request) -> Response:
    """Remove it, for good."""
    await _knock(request)
    token = _token(await read_form(request))
    response = _remove_page(request, "", await service.remove(token))
    links.forget(response, links.numbered(REMOVE, token))
    return response


def _token(data: Any) -> str:
    draft, _form = validate(LinkDraft, data)
    return draft.token if draft else ""


@pages.get("/references/stop", guard=public)
@pages.get("/references/stop/{number}", guard=public)
@links.opens(STOP, links.DAY, several=True)
async def stop_form(request: Request, token: str) -> Response:
    """Ask once: programs that open the links of mails must not stop them."""
    queries.mailbox(token)
    return links.private(render(request, "references/stop.html", token=token, noindex=True))


@pages.post("/references/stop", guard=public)
async def stop(request: Request) -> Response:
    """Stop such mails to the address: the button's form, or a mail program by itself (RFC 8058).

    A mail program posts to the address of the mail and adds nothing: there alone the token of a
    POST stands in the address.
    """
    await _knock(request)
    written = _token(await read_form(request))
    token = written or request.query_params.get("token", "")
    await service.stop(token)
    response = links.private(render(request, "references/stop.html", token="", noindex=True))
    links.forget(response, links.numbered(STOP, token))
    return response
