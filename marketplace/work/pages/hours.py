"""Owns the forms of hours: lines, the week's grid, contested lines."""

from __future__ import annotations

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _, current_locale, format_date, gettext
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries, rules
from marketplace.work.models import Unit
from marketplace.work.pages.units import row_key, unit_page, week_days
from marketplace.work.rules import HoursChanged, OutsideWeek
from marketplace.work.schemas import (
    CELLS_MAX,
    AnswerDraft,
    CellDraft,
    ContestDraft,
    EntryChange,
    EntryDraft,
    SheetDraft,
)
from marketplace.work.service import contests, timesheets

pages = Pages("work")
WRONG_CELL = _("%(task)s, %(day)s: %(said)s")


@pages.post("/units/{unit_id:uuid}/entries", guard=signed_in)
async def add_entry(request: Request) -> Response:
    """Enter hours."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(EntryDraft, await read_form(request))
    if draft is None:
        return await unit_page(request, unit_id, entry=form)
    try:
        await timesheets.add_entry(viewer(request), unit_id, draft)
    except Invalid as error:
        return await unit_page(request, unit_id, entry=refused(form, error))
    except Conflict as error:
        return await unit_page(request, unit_id, error, _line(draft))
    return to(request, f"/units/{unit_id}", _("Hours added."))


def _line(draft: EntryDraft | CellDraft) -> tuple[str, ...]:
    """Hours that came too late, as text to be copied."""
    day = format_date(draft.worked_on, current_locale.get(), "day")
    note = (draft.note,) if isinstance(draft, EntryDraft) else ()
    return (f"{day} · {draft.task} · {rules.typed(draft.minutes) or '0:00'}", *note)


async def _too_late(request: Request, error: Conflict, kept: tuple[str, ...] = ()) -> Response:
    """The week of a line as it is now, with why nothing was done and what was written."""
    found, _entry = await queries.entry(viewer(request), request.path_params["entry_id"])
    return await unit_page(request, found.id, error, kept)


@pages.get("/entries/{entry_id:uuid}", guard=signed_in)
async def edit_entry(request: Request) -> Response:
    """The form to correct hours."""
    return await _entry_page(request)


async def _entry_page(
    request: Request, form: Form | None = None, contest: Form | None = None
) -> Response:
    """The page of one line; `form` changes it, `contest` contests or answers it."""
    found, entry = await queries.entry(viewer(request), request.path_params["entry_id"])
    kept = blank(
        {
            "worked_on": entry.worked_on,
            "minutes": f"{entry.minutes // 60}h{entry.minutes % 60:02d}",
            "task": entry.task,
            "note": entry.note,
        }
    )
    return render(
        request,
        "work/entry.html",
        status=422 if form or contest else 200,
        entry=entry,
        unit=found,
        contract=found.contract,
        side=queries.side_of(viewer(request), found.contract),
        form=form or kept,
        contest_form=contest or blank(),
    )


@pages.post("/entries/{entry_id:uuid}", guard=signed_in)
async def change_entry(request: Request) -> Response:
    """Correct hours."""
    draft, form = validate(EntryChange, await read_form(request))
    if draft is None:
        return await _entry_page(request, form)
    try:
        entry = await timesheets.change_entry(
            viewer(request), request.path_params["entry_id"], draft, draft.seen_at
        )
    except Invalid as error:
        return await _entry_page(request, refused(form, error))
    except Conflict as error:
        return await _too_late(request, error, _line(draft))
    return to(request, f"/units/{entry.unit_id}", _("Hours changed."))


@pages.post("/entries/{entry_id:uuid}/remove", guard=signed_in)
async def remove_entry(request: Request) -> Response:
    """Take hours out."""
    found, entry = await queries.entry(viewer(request), request.path_params["entry_id"])
    try:
        await timesheets.remove_entry(viewer(request), entry.id)
    except Conflict as error:
        return await _too_late(request, error)
    return to(request, f"/units/{found.id}", _("Hours removed."))


@pages.post("/entries/{entry_id:uuid}/contest", guard=signed_in)
async def contest_entry(request: Request) -> Response:
    """Contest one line of a week under review."""
    draft, form = validate(ContestDraft, await read_form(request))
    if draft is None:
        return await _entry_page(request, contest=form)
    try:
        entry = await contests.contest(viewer(request), request.path_params["entry_id"], draft)
    except Invalid as error:
        return await _entry_page(request, contest=refused(form, error))
    except Conflict as error:
        return await _too_late(request, error, (draft.reason,))
    return to(request, f"/units/{entry.unit_id}", _("Contested. All other hours are paid on time."))


@pages.post("/entries/{entry_id:uuid}/answer", guard=signed_in)
async def answer_contest(request: Request) -> Response:
    """Agree to a proposal for a contested line, or make another."""
    draft, form = validate(AnswerDraft, await read_form(request))
    if draft is None:
        return await _entry_page(request, contest=form)
    try:
        entry = await contests.answer(
            viewer(request), request.path_params["entry_id"], draft.minutes
        )
    except Invalid as error:
        return await _entry_page(request, contest=refused(form, error))
    except Conflict as error:
        return await _too_late(request, error)
    settled = entry.state != "contested"
    said = _("Settled. Both sides agree.") if settled else _("The other side has been told.")
    return to(request, f"/units/{entry.unit_id}", said)


@pages.post("/units/{unit_id:uuid}/timesheet", guard=signed_in)
async def fill_week(request: Request) -> Response:
    """Save the cells of a week's grid that were changed in it, unless they changed elsewhere."""
    unit_id = request.path_params["unit_id"]
    unit = await queries.unit(viewer(request), unit_id)
    data = await read_form(request)
    form = Form(data=data, submitted=True)
    cells = await _cells(unit, data, form)
    if len(cells) > CELLS_MAX:
        form.refuse({"task_new": _("This is more than one week’s grid holds.")})
    if not form.errors:
        try:
            sheet = SheetDraft(cells=list(cells.values()))
            await timesheets.fill(viewer(request), unit_id, sheet)
        except HoursChanged:
            pass  # told cell by cell below
        except OutsideWeek as error:
            _refuse_cells(form, cells, error)
        except Conflict as error:
            changed = [cell for cell in cells.values() if cell.minutes != (cell.was or 0)]
            kept = tuple(text for cell in changed for text in _line(cell))
            return await unit_page(request, unit_id, error, kept)
        else:
            return to(request, f"/units/{unit_id}", _("Hours saved."))
    return await unit_page(request, unit_id, grid=await _retold(unit, form))


def _told(task: str, day: date, said: str) -> str:
    """What is wrong with a cell, saying which one: the list above the grid is read by itself."""
    shown = format_date(day, current_locale.get(), "day")
    return gettext(WRONG_CELL, None, task=task or gettext("New task"), day=shown, said=said)


def _refuse_cells(form: Form, cells: dict[str, CellDraft], error: OutsideWeek) -> None:
    """Say beside its field what the service refused of a cell, which it knows by its number."""
    fields = list(cells)
    for name, said in error.errors.items():
        field = fields[int(name.split("-")[1])]
        cell = cells[field]
        form.errors[field] = _told(cell.task, cell.worked_on, gettext(str(said)))


async def _cells(unit: Unit, data: FormData, form: Form) -> dict[str, CellDraft]:
    """The grid's fields as cells; what cannot be read is said beside its field in `form`."""
    tasks = {row_key(line.task): line.task for line in await queries.entries(unit.id)}
    tasks |= {name[2:]: str(task) for name, task in data.items() if name.startswith("t-")}
    new = str(data.get("task_new", "")).strip()
    if row_key(new) in tasks:
        form.refuse({"task_new": _("This task has a row already: write its hours there.")})
    cells: dict[str, CellDraft] = {}
    for day in week_days(unit):
        for key, task in (*tasks.items(), ("new", new)):
            name, was = f"h-{key}-{day}", str(data.get(f"was-{key}-{day}", "0"))
            text = str(data.get(name, "")).strip()
            if name not in data or (key == "new" and not text):
                continue
            given = {"task": task, "worked_on": str(day), "minutes": text or "0", "was": was}
            cell, checked = validate(CellDraft, FormData(given))
            if cell is not None:
                cells[name] = cell
            for field, said in checked.errors.items():
                if field == "task":
                    form.errors["task_new"] = said
                else:
                    form.errors[name] = _told(task, day, said)
    return cells


async def _retold(unit: Unit, form: Form) -> Form:
    """The grid to be shown again, with what changed elsewhere since it was first shown.

    A cell that was left alone says what stands there now; beside one that was typed in, it is told.
    """
    now: dict[str, int] = {}
    for line in await queries.entries(unit.id):
        name = f"{row_key(line.task)}-{line.worked_on}"
        now[name] = now.get(name, 0) + line.minutes
    pairs = dict(form.data.multi_items())
    for day in week_days(unit):
        for key, task in [(n[2:], t) for n, t in form.data.items() if n.startswith("t-")]:
            name, at = f"h-{key}-{day}", f"{key}-{day}"
            present, was = rules.typed(now.get(at, 0)), form.value(f"was-{at}")
            if str(form.value(name)).strip() == was:
                pairs[name] = present
            elif present not in {was, form.value(name)}:
                told = {"task": task, "day": format_date(day, current_locale.get(), "day")}
                told["time"] = present or "0:00"
                form.errors.setdefault(name, gettext(timesheets.CHANGED, None, **told))
    return Form(data=FormData(pairs), errors=form.errors, submitted=True)


@pages.post("/units/{unit_id:uuid}/submit", guard=signed_in)
async def submit_week(request: Request) -> Response:
    """Hand in the week's hours."""
    unit_id = request.path_params["unit_id"]
    try:
        await timesheets.submit_week(viewer(request), unit_id)
    except Conflict as error:
        return await unit_page(request, unit_id, error)
    return to(request, f"/units/{unit_id}", _("Week sent. The client has been told."))
