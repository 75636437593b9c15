"""Owns a change form whose contract changed while it was written: nothing typed is lost.

What its author had changed stays as typed; what they had left alone says what the contract says
now, so that sending the form again never undoes what both signed meanwhile.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.amendment_words import Line, lines
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service.changes import CHANGEABLE, DAYS
from marketplace.core.errors import NotFound
from marketplace.core.i18n import current_locale

ROW = re.compile(r"^milestones-(\d{1,3})-([a-z_]+)$")
Row = dict[str, str]
Values = Callable[[Contract], Mapping[str, Any]]


async def merged(
    contract: Contract, data: FormData, values: Values
) -> tuple[FormData, tuple[Line, ...]]:
    """The form brought to the present version, and what changed since the one it was made from.

    `values` gives what a form shows of a contract before anybody types.
    """
    now = queries.agreement(contract)
    seen = await _as_read(contract, str(data.get("version", "")))
    read = values(contract if seen is None else _saying(contract, seen))
    present = values(contract)
    pairs = [
        (name, _kept(raw, read.get(name), present.get(name)) if name in present else raw)
        for name, raw in data.multi_items()
        if not ROW.match(name) and name != "version"
    ]
    rows = _merged_rows(_rows(dict(data)), _rows(read), _rows(present))
    pairs += [
        (f"milestones-{index}-{name}", value)
        for index, row in enumerate(rows)
        for name, value in row.items()
    ]
    pairs.append(("version", str(contract.version)))
    return FormData(pairs), () if seen is None else lines(seen, now, current_locale.get())


async def _as_read(contract: Contract, number: str) -> Agreement | None:
    """What the version said from which a form was made; None where it names none."""
    if not re.fullmatch("[0-9]{1,6}", number):
        return None
    try:
        version = await queries.version(contract.id, int(number))
    except NotFound:
        return None
    return Agreement.model_validate(version.agreement)


def _saying(contract: Contract, agreed: Agreement) -> Contract:
    """The contract as if it still said this."""
    found = copy.copy(contract)
    stored = agreed.model_dump(mode="json")
    for name in CHANGEABLE:
        setattr(found, name, getattr(agreed, name) if name in DAYS else stored[name])
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _kept(typed: Any, read: Any, present: Any) -> Any:
    return _text(present) if str(typed).strip() == _text(read).strip() else typed


def _rows(values: Mapping[str, Any]) -> list[Row]:
    """The milestones of a form, in order, without empty ones."""
    found: dict[int, Row] = {}
    for name, value in values.items():
        if match := ROW.match(name):
            found.setdefault(int(match[1]), {})[match[2]] = _text(value)
    return [found[n] for n in sorted(found) if any(found[n].values())]


def _merged_rows(typed: list[Row], read: list[Row], present: list[Row]) -> list[Row]:
    before, now = ({row.get("part", ""): row for row in rows} for rows in (read, present))
    rows: list[Row] = []
    for row in typed:
        part = row.get("part", "")
        old, new = before.get(part, {}), now.get(part, {})
        edited = any(row[name].strip() != old.get(name, "").strip() for name in row)
        if not part or part not in before:
            rows.append(row)
        elif part in now:
            rows.append({n: _kept(v, old.get(n), new.get(n)) if n in new else v
                         for n, v in row.items()})  # fmt: skip
        elif edited and "drop" not in row:  # taken out meanwhile: what was written makes a new one
            rows.append({name: value for name, value in row.items() if name != "part"})
    return rows + [row for part, row in now.items() if part not in before]
