"""Owns the pages of a blind review: its criteria and its scores."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _, gettext
from marketplace.shortlists import service
from marketplace.shortlists.pages.router import back, list_id, page, pages, refused
from marketplace.shortlists.rules.blind import SCORE_LEAST, SCORE_MOST
from marketplace.shortlists.schemas import BlindDraft, ScoresDraft
from marketplace.web import forms
from marketplace.web.guards import signed_in, viewer

if TYPE_CHECKING:
    from starlette.datastructures import FormData

RANGE = [str(one) for one in range(SCORE_LEAST, SCORE_MOST + 1)]
FIELD = re.compile(r"score-([A-Z])-(\d)")


@pages.post("/shortlists/{id:uuid}/blind", guard=signed_in)
async def open_blind(request: Request) -> Response:
    """Open the review."""
    draft, form = forms.validate(BlindDraft, await forms.read_form(request))
    if draft is None:
        form.errors = {"criteria": next(iter(form.errors.values()))}
        return await page(request, form, status=422)
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
        return await page(request, form, status=422)
    except Invalid as error:
        forms.refused(form, error)
        answered = [name for name in form.errors if str(data.get(name, "")) in RANGE]
        form.errors = {k: v for k, v in form.errors.items() if k not in answered}
        return await page(request, form, status=422)
    except Conflict as error:
        return refused(request, error)
    return back(request, _("Your scores are saved. Here is who is who."))


def _scores(data: FormData) -> dict[str, list[int]]:
    """Letter -> its scores in the order of the criteria; 0 where none was chosen is refused."""
    found: dict[str, dict[int, int]] = {}
    for name, value in data.multi_items():
        match = FIELD.fullmatch(name)
        if match and isinstance(value, str) and value.isdigit() and len(value) == 1:
            found.setdefault(match[1], {})[int(match[2])] = int(value)
    whole = {}
    for letter, given in found.items():
        if sorted(given) == list(range(len(given))):
            whole[letter] = [given[number] for number in sorted(given)]
    return whole
