"""Owns the pages of the profile editor: one step a page, plain forms, and the live preview."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.i18n import gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from marketplace.profiles import queries, service
from marketplace.profiles.pages import card, steps
from marketplace.profiles.pages.router import pages
from marketplace.profiles.rules import publishing, states
from marketplace.profiles.rules.publishing import STEPS, NotReady, Step
from marketplace.profiles.rules.states import IllegalStep, Overtaken
from marketplace.profiles.schemas import LANGUAGES_MAX, PACKAGES_MAX
from marketplace.web.errors import text_of
from marketplace.web.forms import Form, blank, read_form, refused
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.templates import render
from payments.money import EXPONENTS, HELD_CURRENCIES
from search import ranking, taxonomy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from marketplace.profiles.models import Profile

TOWNS_SUGGESTED: Final = 150

SAVE: Final[dict[Step, Callable[..., Awaitable[Any]]]] = {
    Step.IDENTITY: service.save_identity,
    Step.SKILLS: service.save_skills,
    Step.LANGUAGES: service.save_languages,
    Step.PLACE: service.save_place,
    Step.RATES: service.save_rates,
    Step.AVAILABILITY: service.save_availability,
}


def _step(request: Request) -> Step:
    asked = request.path_params["step"]
    if asked not in set(Step):
        raise NotFound
    return Step(asked)


def at(request: Request, profile_id: UUID, step: Step, said: str = "") -> Response:
    """A redirect to a step, with a word on what was done."""
    return to(request, f"/profiles/{profile_id}/edit/{step.value}", said)


@pages.get("/profiles/{id:uuid}", guard=signed_in)
@pages.get("/profiles/{id:uuid}/edit", guard=signed_in)  # an address someone shortens
async def open_(request: Request) -> Response:
    """Open the editor where something is missing, else at the preview."""
    profile = await queries.get(viewer(request), request.path_params["id"])
    lacking = publishing.missing(queries.contents(profile))
    return at(request, profile.id, lacking[0].step if lacking else Step.PREVIEW)


@pages.get("/profiles/{id:uuid}/edit/{step}", guard=signed_in)
async def show(request: Request) -> Response:
    """One step."""
    step = _step(request)
    profile = await queries.get(viewer(request), request.path_params["id"])
    form = blank(steps.filled(step, profile, request.state.locale))
    return step_page(request, profile, step, form)


@pages.post("/profiles/{id:uuid}/edit/{step}", guard=signed_in)
async def save(request: Request) -> Response:
    """Save one step and go on to the next."""
    step = _step(request)
    if step not in SAVE:
        raise NotFound
    profile = await queries.get(viewer(request), request.path_params["id"])
    data = await read_form(request)
    draft, form = steps.read(step, data)
    if "show" in data and data.get("drawn_for") != data.get("country"):  # else Enter pressed it
        form.errors.clear()
        return step_page(request, profile, step, form)
    if draft is not None:
        overtaken = partial(steps.overtaken, step, draft=draft, form=form)
        try:
            saved = await service.save_as_seen(
                viewer(request), profile.id, draft, SAVE[step], overtaken
            )
        except Overtaken as error:
            now = await queries.get(viewer(request), profile.id)
            return step_page(request, now, step, form, error.status, overtaken=True)
        except Invalid as error:
            refused(form, error)
        except Conflict as error:
            said = (error.message, *error.errors.values())
            form.errors["form"] = " ".join(text_of(one, request.state.locale) for one in said)
        else:
            return _onward(request, profile, step, form, saved)
    return step_page(request, profile, step, form, 422)


def _onward(request: Request, before: Profile, step: Step, form: Form, saved: Profile) -> Response:
    if form.data.get("then") == "stay":
        return at(request, before.id, step, "Saved.")
    if step is Step.SKILLS:  # a new skill's level was not asked yet on the page just sent
        known = {each.code for each in before.skills}
        unasked = [code for code in form.values("skill") if f"level-{code}" not in form.data]
        if set(unasked) - known:
            return at(request, before.id, step, "Saved. How well do you master each skill?")
    if _lacking(saved, step):  # said here, not at the end of the way
        return at(request, before.id, step, "Saved. To publish, this step still needs something.")
    return at(request, before.id, _after(step), "Saved.")


def _after(step: Step) -> Step:
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def _lacking(profile: Profile, step: Step) -> list[publishing.Missing]:
    return [each for each in publishing.missing(queries.contents(profile)) if each.step is step]


@pages.post("/profiles/{id:uuid}/preview/{step}", guard=signed_in)
async def preview(request: Request) -> Response:
    """The card with what is being typed; what cannot be read yet is left as stored.

    Regions and towns follow the country.
    """
    step, locale = _step(request), request.state.locale
    profile = await queries.get(viewer(request), request.path_params["id"])
    shown, more = card.card(profile, locale), dict[str, Any]()
    if step in SAVE:
        draft, form = steps.read(step, await read_form(request))
        with suppress(Invalid):  # a town we do not know yet
            shown = card.with_draft(shown, draft, locale) if draft is not None else shown
        if step is Step.PLACE:
            form.errors.clear()  # nothing is refused before it is sent
            more = {"swapped": True, "form": form, **_place_lists(profile, form, locale)}
    return render(request, "profiles/_preview.html", hit=shown, **more)


@pages.post("/profiles/{id:uuid}/publish", guard=signed_in)
async def publish(request: Request) -> Response:
    """Publish, or say what is missing."""
    profile = await queries.get(viewer(request), request.path_params["id"])
    try:
        await service.publish(viewer(request), profile.id)
    except NotReady:
        return step_page(request, profile, Step.PREVIEW, blank(), 422, tried=True)
    except IllegalStep:  # sent twice: it is public already
        pass
    except Conflict as error:
        form = refused(blank(), error)
        return step_page(request, profile, Step.PREVIEW, form, error.status)
    return at(request, profile.id, Step.PREVIEW, "Your profile is public. Searches find it now.")


@pages.post("/profiles/{id:uuid}/pause", guard=signed_in)
async def pause(request: Request) -> Response:
    """Take the profile out of the directory."""
    profile = await queries.get(viewer(request), request.path_params["id"])
    with suppress(IllegalStep):  # sent twice: it is paused already, or was never public
        await service.pause(viewer(request), profile.id)
    return at(request, profile.id, Step.PREVIEW, "Your profile is paused: nobody finds it now.")


def step_page(
    request: Request,
    profile: Profile,
    step: Step,
    form: Form,
    status: int = 200,
    *,
    tried: bool = False,
    overtaken: bool = False,
) -> Response:
    """A step's page around its form."""
    locale = request.state.locale
    contents = queries.contents(profile)
    drawn_from = steps.mark(step, profile)
    return render(
        request, f"profiles/{step.value}.html", status, form=form, profile=profile,
        step=step.value, tried=tried, hit=card.card(profile, locale),
        wizard=_wizard(profile, step, contents, locale),
        completeness=publishing.completeness(contents), missing=publishing.missing(contents),
        payable=jurisdictions.payable(profile.party.jurisdiction), noindex=True,
        rank=_rank(profile), lacking=_lacking(profile, step), after=_after(step).value,
        seen=drawn_from if overtaken else form.value("seen", drawn_from),
        stored=steps.filled(step, profile, locale) if overtaken else None,
        **_EXTRA[step](profile, form, locale),
    )  # fmt: skip


def _rank(profile: Profile) -> dict[str, float]:
    """What of the published order this person can change, in points."""
    most, month = ranking.WEIGHTS["response"], ranking.WEIGHTS["recency"]
    replies = most * ranking.response(profile.response_minutes)
    return {"replies": replies, "most": most, "month": month}


def _wizard(
    profile: Profile, now: Step, contents: publishing.Contents, locale: str
) -> list[tuple[str, str, str]]:
    done = publishing.steps_done(contents)
    return [
        (
            "now" if each is now else "done" if each in done else "todo",
            gettext(steps.NAMES[each], locale),
            f"/{locale}/profiles/{profile.id}/edit/{each.value}",
        )
        for each in STEPS
    ]


def _nothing(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del profile, form, locale
    return {}


def _skill_lists(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del profile
    groups = [
        (group.label(locale), [(t.code, t.label(locale)) for t in terms])
        for group in taxonomy.groups()
        if (terms := [t for t in taxonomy.skills() if t.group == group.code])
    ]
    tools = [
        (group.label(locale), [(t.code, t.label(locale)) for t in terms])
        for group in taxonomy.groups()
        if (terms := [t for t in taxonomy.tools() if t.group == group.code])
    ]
    chosen = [
        (code, taxonomy.label(code, locale)) for code in form.values("skill") if taxonomy.term(code)
    ]
    return {"skill_groups": groups, "tool_groups": tools, "chosen": chosen}


def _language_lists(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del profile
    used = form.rows("languages")
    rows = min(LANGUAGES_MAX, max(4, max(used) + 3))
    names = [(code, card.language_name(code, locale)) for code in states.LANGUAGES]
    return {"rows": range(rows), "names": names, "levels": [each.value for each in states.Cefr]}


def _place_lists(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    country = str(form.value("country") or profile.country)
    known = places.countries(locale)
    return {
        "countries": [(each.code, each.name(locale)) for each in known],
        "regions": [(each.code, each.name(locale)) for each in places.regions(country)],
        "towns": [
            places.written(each, locale) for each in places.largest(country, TOWNS_SUGGESTED)
        ],
    }


def _rate_lists(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del locale
    own = jurisdictions.get(profile.party.jurisdiction).currency
    offered = [*HELD_CURRENCIES, *([own] if own in EXPONENTS else []), profile.currency]
    used = form.rows("packages")
    rows = min(PACKAGES_MAX, max(2, max(used) + 2))
    return {
        "currencies": [(code, code) for code in dict.fromkeys(offered)],
        "currency": str(form.value("currency") or profile.currency),
        "rows": range(rows),
    }


def _time_lists(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del form, locale
    zones = sorted({*places.time_zones(), profile.time_zone})
    return {"zones": [(zone, zone.replace("_", " ")) for zone in zones]}


def _week(profile: Profile, form: Form, locale: str) -> dict[str, Any]:
    del form, locale
    return {"week": steps.week_of(profile)}


_EXTRA: Final[dict[Step, Callable[[Any, Form, str], dict[str, Any]]]] = {
    Step.IDENTITY: _nothing,
    Step.SKILLS: _skill_lists,
    Step.LANGUAGES: _language_lists,
    Step.PLACE: _place_lists,
    Step.RATES: _rate_lists,
    Step.AVAILABILITY: _time_lists,
    Step.PHOTO: _nothing,
    Step.PREVIEW: _week,
}
