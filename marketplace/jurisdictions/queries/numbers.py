"""Owns the check of registration and VAT numbers against their registers' rules."""

from __future__ import annotations

from typing import Final

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.jurisdictions import rules
from marketplace.jurisdictions.queries.data import get
from marketplace.jurisdictions.rules import NumberRefused
from marketplace.jurisdictions.schemas import NumberKind

REFUSED: Final = _("This number is not right: check each digit. It looks like %(example)s.")


def _check(kinds: list[NumberKind], field: str, number: str) -> str:
    for kind in kinds:
        try:
            return rules.check_number(kind.modules, kind.pattern, kind.prefix, number)
        except NumberRefused:
            continue
    raise Invalid({field: (REFUSED, {"example": kinds[0].example})})


def check_registration(code: str, number: str, legal_form: str = "") -> str:
    """The registration number as its register writes it (552008443).

    `legal_form` picks the register; without it any register of the jurisdiction may accept.
    Raises Invalid under the field `registration_number`.
    """
    place = get(code)
    form = place.legal_form(legal_form)
    kinds = [form.registration] if form else [each.registration for each in place.legal_forms]
    return _check(kinds, "registration_number", number)


def check_vat(code: str, number: str) -> str:
    """The VAT number with its country prefix where it has one (FR40303265045).

    Checks form and check digits, not whether the tax office knows it. Raises Invalid under the
    field `vat_number`; where there is no VAT every number is refused.
    """
    kind = get(code).vat_number
    if kind is None:
        raise Invalid({"vat_number": _("There is no VAT number in this country.")})
    return _check([kind], "vat_number", number)
