"""Owns the pages of a blind review: its criteria and its scores."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, Invalid, Unavailable
from marketplace.core.i18n import _, gettext
from marketplace.directory.queries import written
from marketplace.shortlists import queries, service
from marketplace.shortlists.pages.router import back, businesses, list_id, page, pages, refused, to
from marketplace.shortlists.rules import blind as rules
from marketplace.shortlists.rules.lists import NAME_MAX
from marketplace.shortlists.schemas import BlindDraft, BlindSearchDraft, ScoresDraft
from marketplace.web import forms
from marketplace.web.guards import signed_in, viewer
from marketplace.web.templates import render

if TYPE_CHECKING:
    from starlette.datastructures import FormData

RANGE = [str(one) for one in range(rules.SCORE_LEAST, rules.SCORE_MOST + 1)]
FIELD = re.compile(r"score-([A-Z])-(\d)")


def _joined(form: forms.Form) -> None:
    """One message beside all the criteria, whichever of them it is about."""
    about = [name for name in form.errors if name.startswith("criteria")]
    for name in about:
        form.errors["criteria"] = form.errors.pop(name)


def _new(request: Request, asked: str, form: forms.Form, status: int = 200) -> Response:
    return render(
        request, "shortlists/blind_new.html", status, asked=asked, form=form, rules=rules,
        businesses=businesses(viewer(request)), noindex=True,
    )  # fmt: skip


@pages.get("/shortlists/blind", guard=signed_in)
async def new_blind(request: Request) -> Response:
    """Ask on what the first matches of a search are scored."""
    try:
        query = written.understood(request.url.query, request.cookies.get("tz", ""))
    except Invalid as error:
        text = gettext(str(error.errors["query"]))
        return to(f"/{request.state.locale}/assistants", text, "danger")
    name = written.named(query, request.state.locale, NAME_MAX)
    only = queries.only_business(viewer(request))
    asked = {"name": name, "count": rules.COUNT, "party": str(only or "")}
    return _new(request, written.as_written(query), forms.blank(asked))


@pages.post("/shortlists/blind", guard=signed_in)
async def open_from_search(request: Request) -> Response:
    """Take the first matches, and open the review."""
    data = await forms.read_form(request)
    draft, form = forms.validate(BlindSearchDraft, data)
    asked = str(data.get("query", ""))
    if draft is None:
        _joined(form)
        return _new(request, asked, form, 422)
    try:
        made = await service.open_from_search(viewer(request), draft)
    except (Invalid, Conflict, Unavailable) as error:
        return _new(request, asked, forms.refused(form, error), error.status)
    return to(f"/{request.state.locale}/shortlists/{made.id}")


@pages.post("/shortlists/{id:uuid}/blind", guard=signed_in)
async def open_blind(request: Request) -> Response:
    """Open the review."""
    draft, form = forms.validate(BlindDraft, await forms.read_form(request))
    if draft is None:
        _joined(form)
        return await page(request, "criteria", form, status=422)
    try:
        await service.open_blind(viewer(request), list_id(request), draft)
    except Conflict as error:
        return refused(request, error)
    return back(request)


@pages.post("/shortlists/{id:uuid}/scores", guard=signed_in)
async def score(request: Request) -> Response:
    """Save the scores; then the names are shown."""
    data = await forms.read_form(request)
    form = forms.Form(data=data, submitted=True)
    try:
        draft = ScoresDraft(scores=_scores(data))
        await service.score(viewer(request), list_id(request), draft)
    except ValidationError:
        form.errors["form"] = gettext(_("Please choose a score from 1 to 5."))
        return await page(request, "scores", form, status=422)
    except Invalid as error:
        forms.refused(form, error)
        answered = [name for name in form.errors if str(data.get(name, "")) in RANGE]
        form.errors = {k: v for k, v in form.errors.items() if k not in answered}
        return await page(request, "scores", form, status=422)
    except Conflict as error:
        return refused(request, error)
    return back(request, _("Your scores are saved. Here is who is who."))


def _scores(data: FormData) -> dict[str, list[int]]:
    """Letter -> its scores in the order of the criteria; 0 where none was chosen is refused."""
    found: dict[str, dict[int, int]] = {}
    for name, value in data.multi_items():
        match = FIELD.fullmatch(name)
        if match and isinstance(value, str) and value in RANGE:
            found.setdefault(match[1], {})[int(match[2])] = int(value)
    whole = {}
    for letter, given in found.items():
        if sorted(given) == list(range(len(given))):
            whole[letter] = [given[number] for number in sorted(given)]
    return whole
