"""Owns HTML forms: reading, validating with the same drafts as the API, and keeping what was typed.

Field names: `title`, repeated names for lists, `milestones-0-title` for lists of objects.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData
from starlette.requests import Request

from marketplace.core.errors import Invalid, RelaisError
from marketplace.core.i18n import _, current_locale, gettext

D = TypeVar("D", bound=BaseModel)
INDEXED = re.compile(r"^([a-z_]+)-(\d{1,3})-([a-z_]+)$")


_DATE = _("Please give a date such as 2026-12-31.")
_MOMENT = _("Please give a date and a time such as 2026-12-31T09:00:00Z.")
_FORM = _("This does not have the expected form.")
_LIST = _("Please give a list.")
_OBJECT = _("Please give an object with its fields by name.")
_WHOLE = _("Please write a whole number.")
_NUMBER = _("Please write a number.")
_ADDRESS = _("Please give the address of a page, such as https://example.org.")
MESSAGES = {
    "missing": _("Please fill this in."),
    "string_too_short": _("Please write a little more (at least %(min_length)s characters)."),
    "string_too_long": _("Please shorten this to %(max_length)s characters."),
    "string_type": _("Please write a text."),
    **dict.fromkeys(
        ("string_pattern_mismatch", "string_unicode", "uuid_parsing", "uuid_type"), _FORM
    ),
    **dict.fromkeys(("int_parsing", "int_from_float", "int_type", "int_parsing_size"), _WHOLE),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), _NUMBER),
    **dict.fromkeys(("decimal_parsing", "decimal_type"), _NUMBER),
    "greater_than": _("Please give a number above %(gt)s."),
    "greater_than_equal": _("Please give %(ge)s or more."),
    "less_than": _("Please give a number below %(lt)s."),
    "less_than_equal": _("Please give %(le)s or less."),
    **dict.fromkeys(("date_parsing", "date_type", "date_from_datetime_parsing"), _DATE),
    "date_from_datetime_inexact": _DATE,
    **dict.fromkeys(("datetime_parsing", "datetime_type", "datetime_from_date_parsing"), _MOMENT),
    "enum": _("Please choose one of the options."),
    "literal_error": _("Please choose one of the options."),
    **dict.fromkeys(("bool_parsing", "bool_type"), _("Please answer yes or no.")),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), _LIST),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), _OBJECT),
    "json_invalid": _("This is not valid JSON."),
    "union_tag_not_found": _("Please say which one it is, in %(discriminator)s."),
    "union_tag_invalid": _("Please choose one of the options."),
    **dict.fromkeys(("url_parsing", "url_syntax_violation", "url_type"), _ADDRESS),
    "url_scheme": _("Please give an address that begins with https:// or http://."),
    "url_too_long": _("Please shorten this to %(max_length)s characters."),
    "too_short": _("Please add at least %(min_length)s."),
    "too_long": _("Please keep at most %(max_length)s."),
    "extra_forbidden": _("This field is not known."),
}


@dataclass
class Form:
    """What a person typed, and what is wrong with it, so that nothing is lost."""

    data: FormData = field(default_factory=FormData)
    initial: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    submitted: bool = False

    def value(self, name: str, default: Any = "") -> Any:
        """What was typed, else the stored value, else `default`."""
        if self.submitted:
            return self.data.get(name, "")
        found = self.initial.get(name, default)
        return default if found is None else found

    def values(self, name: str) -> list[str]:
        """All values of a repeated field."""
        if self.submitted:
            return [str(each) for each in self.data.getlist(name)]
        return [str(each) for each in self.initial.get(name, ())]

    def error(self, name: str) -> str:
        """The message beside a field, or ""."""
        return self.errors.get(name, "")

    def rows(self, name: str, least: int = 1) -> list[int]:
        """The indexes of a list of objects, with at least `least` of them."""
        seen = {
            int(match[2]) for key in self.data if (match := INDEXED.match(key)) and match[1] == name
        }
        if not self.submitted:
            seen = {
                int(match[2])
                for key in self.initial
                if (match := INDEXED.match(key)) and match[1] == name
            }
        return sorted(seen | set(range(least)))

    def refuse(self, errors: Mapping[str, str | tuple[str, dict[str, object]]]) -> None:
        """Add messages (msgids) from a service's Invalid."""
        for name, message in errors.items():
            text, params = message if isinstance(message, tuple) else (message, {})
            self.errors[name] = gettext(text, None, **params)


async def read_form(request: Request) -> FormData:
    """The submitted fields and files; NUL characters, which no key types, are left out.

    Lines end as they were counted beside the field: browsers send two characters for each.
    """
    data = await request.form(max_files=10, max_fields=1000, max_part_size=1024 * 1024)
    pairs = data.multi_items()
    read = FormData([(_plain(name), _plain(v) if isinstance(v, str) else v) for name, v in pairs])
    request.state.typed = read  # to be given back should what follows break
    return read


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")


def blank(initial: Mapping[str, Any] | None = None) -> Form:
    """A form nobody has sent yet."""
    return Form(initial=initial or {})


def is_list(annotation: Any) -> bool:
    """Whether a field takes several values."""
    origin = typing.get_origin(annotation)
    if origin in {list, tuple, set, frozenset}:
        return True
    if origin is typing.Annotated:
        return is_list(typing.get_args(annotation)[0])
    if origin in {types.UnionType, typing.Union}:
        return any(is_list(each) for each in typing.get_args(annotation))
    return False


Rows = Mapping[str, list[int]]


def nested(draft: type[BaseModel], data: FormData) -> tuple[dict[str, Any], Rows]:
    """The form as the draft's shape: blanks dropped, repeats and indexed groups as lists.

    Rows left empty are closed up, so the second value says of each group's rows how they were
    numbered in the form.
    """
    values: dict[str, Any] = {}
    groups: dict[str, dict[int, dict[str, Any]]] = {}
    for key in dict.fromkeys(data.keys()):
        items = [each.strip() if isinstance(each, str) else each for each in data.getlist(key)]
        items = [each for each in items if each != ""]
        match = INDEXED.match(key)
        if match and match[1] in draft.model_fields:
            if items:
                group = groups.setdefault(match[1], {}).setdefault(int(match[2]), {})
                group[match[3]] = items[0] if len(items) == 1 else items
        elif key in draft.model_fields:
            if is_list(draft.model_fields[key].annotation):
                values[key] = items
            elif items:
                values[key] = items[-1]
    rows = {key: sorted(found) for key, found in groups.items()}
    for key, numbers in rows.items():
        values[key] = [groups[key][number] for number in numbers]
    return values, rows


def _beside(place: tuple[int | str, ...], rows: Rows) -> str:
    """The name of the field that people typed in; all values of a repeated one share its name."""
    first, *rest = place or ("form",)
    row: list[int] = []
    if first in rows and rest and isinstance(rest[0], int):
        row, rest = [rows[str(first)][rest[0]]], rest[1:]
    while rest and isinstance(rest[-1], int):
        rest.pop()
    return "-".join(str(part) for part in (first, *row, *rest))


def _kind(error: ErrorDetails) -> str:
    """The type of an error; a text that was cleaned first is measured as if it were a list."""
    kind = error["type"]
    cleaned = error.get("ctx", {}).get("field_type") == "Value"
    return f"string_{kind}" if kind in {"too_short", "too_long"} and cleaned else kind


def message_for(error: ErrorDetails, locale: str | None = None) -> str:
    """A pydantic error as a sentence for people."""
    context = {k: v for k, v in error.get("ctx", {}).items() if isinstance(v, str | int | float)}
    msgid = MESSAGES.get(_kind(error))
    if msgid is None:
        said = error["msg"].removeprefix("Value error, ")
        return gettext(said, locale)
    return gettext(msgid, locale, **context) if "%(" in msgid else gettext(msgid, locale)


def validate(
    draft: type[D], data: FormData, initial: Mapping[str, Any] | None = None
) -> tuple[D | None, Form]:
    """The draft, or None and the form with a message beside each wrong field."""
    form = Form(data=data, submitted=True, initial=initial or {})
    values, rows = nested(draft, data)
    try:
        return draft.model_validate(values), form
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = _beside(each["loc"], rows)
            form.errors.setdefault(name, message_for(each, current_locale.get()))
        return None, form


def refused(form: Form, error: RelaisError) -> Form:
    """The form with a service's refusal: beside its fields, or above all of them."""
    form.refuse(error.errors or {"form": (error.message, error.params)})
    return form


def as_invalid(error: ValidationError) -> Invalid:
    """A pydantic refusal as ours, in the request's language."""
    found: dict[str, str | tuple[str, dict[str, object]]] = {}
    for each in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in each["loc"]) or "body"
        found.setdefault(name, message_for(each))
    return Invalid(found)
