"""Owns the pages of lists and what stands on them: hearts, notes, order, names."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from marketplace.accounts.rules import safe_next
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import secret_token
from marketplace.directory import queries as directory
from marketplace.profiles import queries as profiles
from marketplace.shortlists import queries, service
from marketplace.shortlists.pages.router import back, businesses, list_id, page, pages, refused, to
from marketplace.shortlists.rules.lists import KEPT_DAYS, named
from marketplace.shortlists.schemas import EntryDraft, KeepDraft, ListDraft, TeamDraft
from marketplace.web import forms, ratelimit, visitors
from marketplace.web.forms import Form, blank, read_form, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.network import network
from marketplace.web.sessions import Viewer
from marketplace.web.templates import is_fragment, render


async def _index(request: Request, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    return render(
        request, "shortlists/index.html", status, lines=await queries.lines(who), form=form,
        businesses=businesses(who), noindex=True,
    )  # fmt: skip


@pages.get("/shortlists", guard=public)
async def index(request: Request) -> Response:
    """All the lists, the one used last first."""
    only = queries.only_business(viewer(request))
    return await _index(request, blank({"party": str(only or "")}))


@pages.post("/shortlists", guard=signed_in)
async def create(request: Request) -> Response:
    """Make a list."""
    draft, form = validate(ListDraft, await read_form(request))
    if draft is None:
        return await _index(request, form, 422)
    try:
        made = await service.create(viewer(request), draft)
    except Conflict as error:
        return await _index(request, forms.refused(form, error), error.status)
    return to(f"/{request.state.locale}/shortlists/{made.id}")


@pages.post("/shortlists/keep", guard=public)
async def keep(request: Request) -> Response:
    """Put a profile on the current list; a browser without an account gets a list of its own."""
    data = await read_form(request)
    draft, _form = validate(KeepDraft, data)
    target = _where_from(request, str(data.get("back", "")), draft.slug if draft else "")
    if draft is None:
        return to(target)
    who = viewer(request)
    await _limit(request)
    if not who.signed_in and not who.visitor:
        who = replace(who, visitor=secret_token())
    try:
        found, _entry = await service.keep(who, draft)
    except Conflict as error:
        text = gettext(error.message, None, **error.params)
        return await _pressed(request, who, draft.slug, target, text, "danger")
    text = gettext(_("Kept in “%(name)s”."), None, name=named(found.name))
    return _remembered(who, await _pressed(request, who, draft.slug, target, text))


def _remembered(who: Viewer, response: Response) -> Response:
    """After a change the browser keeps its secret for as long again as its list is kept."""
    if not who.signed_in:
        visitors.remember(response, who.visitor, KEPT_DAYS)
    return response


@pages.post("/shortlists/drop", guard=public)
async def drop(request: Request) -> Response:
    """Take a profile off by its heart."""
    data = await read_form(request)
    draft, _form = validate(KeepDraft, data)
    target = _where_from(request, str(data.get("back", "")), draft.slug if draft else "")
    if draft is None:
        return to(target)
    await _limit(request)
    who = viewer(request)
    stays = await service.drop(who, draft.slug)
    text = gettext(
        _("It is still on: %(lists)s. Take it out on the shortlist’s page."),
        None,
        lists=", ".join(stays),
    )
    return await _pressed(request, who, draft.slug, target, text if stays else "", "info")


async def _pressed(
    request: Request, who: Viewer, slug: str, target: str, text: str, kind: str = "success"
) -> Response:
    """The heart alone as it is now for a script, else back to the page it was pressed on."""
    if not is_fragment(request):
        return to(target, text, kind)
    profile = await profiles.by_slug(slug)
    kept = str(profile.id) in await directory.kept(who)
    name = profile.party.display_name
    return render(request, "shortlists/_heart.html", slug=slug, name=name, kept=kept, said=text)


async def _limit(request: Request) -> None:
    """Count a press of a heart without an account, by address: a cookie is easily invented."""
    if viewer(request).signed_in:
        return
    await ratelimit.hit(f"shortlists:ip:{network(request)}", per_minute=10, burst=40)


def _where_from(request: Request, wish: str, slug: str) -> str:
    """The address the heart was pressed on, at the profile's place in it."""
    address = safe_next(wish, f"/{request.state.locale}/shortlists")
    return f"{address}#k-{slug}" if slug and "#" not in address else address


@pages.get("/shortlists/{id:uuid}", guard=public)
async def show(request: Request) -> Response:
    """A list."""
    return await page(request)


@pages.post("/shortlists/{id:uuid}/name", guard=signed_in)
async def rename(request: Request) -> Response:
    """Give it another name."""
    draft, form = validate(ListDraft, await read_form(request))
    if draft is None:
        return await page(request, "name", form, status=422)
    await service.rename(viewer(request), list_id(request), draft.name)
    return back(request, _("The name is changed."))


@pages.post("/shortlists/{id:uuid}/team", guard=signed_in)
async def share(request: Request) -> Response:
    """Let a team see it."""
    draft, form = validate(TeamDraft, await read_form(request))
    if draft is None:
        return await page(request, "team", form, status=422)
    try:
        await service.share(viewer(request), list_id(request), draft)
    except Conflict as error:
        return refused(request, error)
    return back(request, _("The team sees this shortlist now."))


@pages.post("/shortlists/{id:uuid}/delete", guard=signed_in)
async def delete(request: Request) -> Response:
    """Remove it for good."""
    await service.delete(viewer(request), list_id(request))
    return to(f"/{request.state.locale}/shortlists", gettext(_("The shortlist is deleted.")))


@pages.post("/shortlists/{id:uuid}/entries/{entry:uuid}/note", guard=public)
async def note(request: Request) -> Response:
    """Write a private note."""
    who, entry = viewer(request), request.path_params["entry"]
    draft, form = validate(EntryDraft, await read_form(request))
    if draft is None:
        return await page(request, str(entry), form, status=422)
    try:
        await service.note(who, list_id(request), entry, draft.note or "", draft.seen)
    except Conflict as error:
        form.errors["note"] = gettext(error.message, None, **error.params)
        return await page(request, str(entry), form, status=error.status)
    return _remembered(who, back(request, _("The note is kept."), part=f"#e-{entry}"))


@pages.post("/shortlists/{id:uuid}/entries/{entry:uuid}/move", guard=public)
async def move(request: Request) -> Response:
    """Move a profile up or down."""
    draft, _form = validate(EntryDraft, await read_form(request))
    entry = request.path_params["entry"]
    try:
        await service.move(viewer(request), list_id(request), entry, draft.step if draft else 0)
    except Conflict as error:
        return refused(request, error)
    return back(request, part=f"#e-{entry}")


@pages.post("/shortlists/{id:uuid}/entries/{entry:uuid}/remove", guard=public)
async def remove(request: Request) -> Response:
    """Take a profile out."""
    try:
        await service.remove(viewer(request), list_id(request), request.path_params["entry"])
    except Conflict as error:
        return refused(request, error)
    return back(request, _("Taken out."))
