"""Owns what legal forms of many countries have in common; the forms themselves are data."""

from __future__ import annotations

from enum import StrEnum


class FormGroup(StrEnum):
    """What a national legal form counts as beside those of other countries.

    SOLE_TRADER is the person in business for themselves, a micro-enterprise or auto-entrepreneur
    included (that is a tax status in France, see `tax_status`). UMBRELLA is a company that employs
    the person and signs in their place (portage salarial).
    """

    SOLE_TRADER = "sole_trader"
    COMPANY = "company"
    PARTNERSHIP = "partnership"
    UMBRELLA = "umbrella"
    ASSOCIATION = "association"
