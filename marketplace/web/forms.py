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

from marketplace.core.errors import RelaisError
from marketplace.core.i18n import _, current_locale, gettext

D = TypeVar("D", bound=BaseModel)
INDEXED = re.compile(r"^([a-z_]+)-(\d{1,3})-([a-z_]+)$")


MESSAGES = {
    "missing": _("Please fill this in."),
    "string_too_short": _("Please write a little more (at least %(min_length)s characters)."),
    "string_too_long": _("Please shorten this to %(max_length)s characters."),
    "string_pattern_mismatch": _("This does not have the expected form."),
    "int_parsing": _("Please write a whole number."),
    "int_from_float": _("Please write a whole number."),
    "float_parsing": _("Please write a number."),
    "decimal_parsing": _("Please write a number."),
    "greater_than": _("Please give a number above %(gt)s."),
    "greater_than_equal": _("Please give %(ge)s or more."),
    "less_than": _("Please give a number below %(lt)s."),
    "less_than_equal": _("Please give %(le)s or less."),
    "date_from_datetime_parsing": _("Please give a date such as 2026-12-31."),
    "date_parsing": _("Please give a date such as 2026-12-31."),
    "enum": _("Please choose one of the options."),
    "literal_error": _("Please choose one of the options."),
    "bool_parsing": _("Please answer yes or no."),
    "too_short": _("Please add at least %(min_length)s."),
    "too_long": _("Please keep at most %(max_length)s."),
    "uuid_parsing": _("This does not have the expected form."),
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
    return FormData([(_plain(name), _plain(v) if isinstance(v, str) else v) for name, v in pairs])


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")


def blank(initial: Mapping[str, Any] | None = None) -> Form:
    """A form nobody has sent yet."""
    return Form(initial=initial or {})


def _is_list(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin in {list, tuple, set, frozenset}:
        return True
    if origin is typing.Annotated:
        return _is_list(typing.get_args(annotation)[0])
    if origin in {types.UnionType, typing.Union}:
        return any(_is_list(each) for each in typing.get_args(annotation))
    return False


def nested(draft: type[BaseModel], data: FormData) -> dict[str, Any]:
    """The form as the draft's shape: blanks dropped, repeats and indexed groups as lists."""
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
            if _is_list(draft.model_fields[key].annotation):
                values[key] = items
            elif items:
                values[key] = items[-1]
    for key, rows in groups.items():
        values[key] = [rows[index] for index in sorted(rows)]
    return values


def message_for(error: ErrorDetails, locale: str | None = None) -> str:
    """A pydantic error as a sentence for people."""
    context = {k: v for k, v in error.get("ctx", {}).items() if isinstance(v, str | int | float)}
    msgid = MESSAGES.get(error["type"])
    if msgid is None:
        said = error["msg"].removeprefix("Value error, ")
        return gettext(said, locale)
    return gettext(msgid, locale, **context) if "%(" in msgid else gettext(msgid, locale)


def validate(
    draft: type[D], data: FormData, initial: Mapping[str, Any] | None = None
) -> tuple[D | None, Form]:
    """The draft, or None and the form with a message beside each wrong field."""
    form = Form(data=data, submitted=True, initial=initial or {})
    try:
        return draft.model_validate(nested(draft, data)), form
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = "-".join(str(part) for part in each["loc"]) or "form"
            form.errors.setdefault(name, message_for(each, current_locale.get()))
        return None, form


def refused(form: Form, error: RelaisError) -> Form:
    """The form with a service's refusal: beside its fields, or above all of them."""
    form.refuse(error.errors or {"form": (error.message, error.params)})
    return form
