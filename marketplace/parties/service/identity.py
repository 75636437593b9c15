"""Owns the writing of a party's legal identity; never its team."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from marketplace.core import clock, events
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries
from marketplace.parties.events import PartyChanged, PartyCreated
from marketplace.parties.models import Membership, Party
from marketplace.parties.rules import POSTCODES, KindIsFixed, Role
from marketplace.places import queries as places

if TYPE_CHECKING:
    from marketplace.jurisdictions.queries import Jurisdiction, LegalForm
    from marketplace.parties.schemas import PartyDraft
    from marketplace.web.sessions import Viewer

Errors = dict[str, str | tuple[str, dict[str, object]]]

# Countries where an address without a postcode is complete, or where few people know theirs.
NO_POSTCODE: Final = frozenset({"IE", "SN", "CI", "CM", "KE", "MU", "MG", "TN", "MA", "PH"})
ASK_SUBDIVISION: Final = frozenset({"CA", "US"})  # federal entries: the tax follows the province

OWN_NUMBERS: Final = {
    "qst_number": (
        "CA",
        re.compile(r"[0-9]{10}TQ[0-9]{4}"),  # Revenu Québec: ten digits, TQ, four of the account
        _("A QST number looks like 1234567890 TQ 0001."),
    ),
    "lut_number": (
        "IN",
        re.compile(r"[A-Z0-9/]{8,24}"),  # no source fixes its form, and an office may give another
        _("A LUT’s number (ARN) has 8 to 24 letters and digits, such as AD270326012345X."),
    ),
    "sac_code": (
        "IN",
        re.compile(r"99[0-9]{2}(?:[0-9]{2})?"),
        _("A SAC code has four or six digits and begins with 99, such as 9985."),
    ),
}
"""Numbers of one country's tax -> the country, their form, what is said of a wrong one."""

CHOOSE: Final = _("Please choose one of the options.")
FILL: Final = _("Please fill this in.")


@command
async def create(viewer: Viewer, draft: PartyDraft) -> Party:
    """Create a party owned by the viewer. Raises Invalid with a message per wrong field.

    The same form sent twice gives the same party: a second one would carry the same identity.
    """
    columns = identity(draft)
    # A double click sends two requests at once: they take turns until the command ends.
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [f"party:{viewer.person_id}"]
    )
    same = await Party.filter(
        kind=draft.kind, **columns, memberships__person_id=viewer.person_id
    ).first()
    if same is not None:
        return same
    now = clock.now()
    party = await Party.create(
        id=new_id(), kind=draft.kind, **columns, created_at=now, updated_at=now
    )
    await Membership.create(
        party_id=party.id, person_id=viewer.person_id, role=Role.OWNER, created_at=now
    )
    await events.record(PartyCreated(party.id, viewer.person_id, party.kind.value))
    return party


@command
async def update(viewer: Viewer, party_id: UUID, draft: PartyDraft) -> Party:
    """Replace a party's identity. Raises NotFound, OwnersOnly, KindIsFixed, Invalid."""
    await queries.require_owner(viewer, party_id)
    party = await lock(Party, party_id)
    if draft.kind is not party.kind:
        raise KindIsFixed
    changes = identity(draft)
    party.update_from_dict({**changes, "updated_at": clock.now()})
    await party.save(update_fields=[*changes, "updated_at"])
    await events.record(PartyChanged(party.id))
    return party


def identity(draft: PartyDraft) -> dict[str, Any]:
    """The columns of a draft, checked and completed. Raises Invalid."""
    place = jurisdictions.find(draft.jurisdiction)
    if place is None:
        raise Invalid({"jurisdiction": CHOOSE})
    form = place.legal_form(draft.legal_form)
    errors: Errors = {}
    if form is None:
        errors["legal_form"] = CHOOSE
    numbers = _numbers(draft, place, form, errors)
    subdivision = _subdivision(draft, place, errors)
    _address(draft, place, errors)
    personal = form is not None and form.personal
    if form is not None and not personal and not draft.representative_name:
        errors["representative_name"] = FILL
    if errors:
        raise Invalid(errors)
    return {
        "display_name": draft.display_name or draft.legal_name[:120],
        "legal_name": draft.legal_name,
        "jurisdiction": place.code,
        "subdivision": subdivision,
        "country": place.country,
        "legal_form": draft.legal_form,
        **numbers,
        "tax_status": draft.tax_status,
        "address_line1": draft.address_line1,
        "address_line2": draft.address_line2,
        "postcode": _postcode(draft.postcode),
        "town": draft.town,
        "representative_name": draft.legal_name[:120] if personal else draft.representative_name,
        "representative_title": "" if personal else draft.representative_title,
    }


def _numbers(
    draft: PartyDraft, place: Jurisdiction, form: LegalForm | None, errors: Errors
) -> dict[str, str]:
    """The registration and VAT numbers as their registers write them."""
    status = place.tax_status(draft.tax_status)
    if status is None:
        errors["tax_status"] = CHOOSE
    registration = vat = ""
    try:
        if draft.registration_number and form is not None:
            registration = jurisdictions.check_registration(
                place.code, draft.registration_number, form.code
            )
        elif form is not None and form.registration.required:
            errors["registration_number"] = FILL
    except Invalid as error:
        errors |= error.errors
    try:
        if draft.vat_number:
            vat = jurisdictions.check_vat(place.code, draft.vat_number)
        elif status is not None and status.vat_number_required:
            errors["vat_number"] = _("This tax status comes with a VAT number: please give it.")
    except Invalid as error:
        errors |= error.errors
    return {
        "registration_number": registration,
        "vat_number": vat,
        **{name: _own(draft, place, name, errors) for name in OWN_NUMBERS},
    }


def _own(draft: PartyDraft, place: Jurisdiction, name: str, errors: Errors) -> str:
    """A number that one country alone has, without the blanks people write."""
    country, form, complaint = OWN_NUMBERS[name]
    found = re.sub(r"[ \u00a0\u202f.\-]", "", getattr(draft, name)).upper()
    if found and (place.country != country or not form.fullmatch(found)):
        errors[name] = complaint
    return found


def _subdivision(draft: PartyDraft, place: Jurisdiction, errors: Errors) -> str:
    if "-" in place.code:
        return place.code
    if place.code not in ASK_SUBDIVISION:
        written = _postcode(draft.postcode)
        return jurisdictions.subdivision_of(place.code, written, clock.today(), draft.town)
    region = places.region(draft.subdivision)
    if region is None or region.country != place.country:
        errors["subdivision"] = CHOOSE
        return ""
    return region.code


def _address(draft: PartyDraft, place: Jurisdiction, errors: Errors) -> None:
    if not draft.address_line1:
        errors["address_line1"] = FILL
    if not draft.town:
        errors["town"] = FILL
    if not draft.postcode and place.country not in NO_POSTCODE:
        errors["postcode"] = FILL
    known = POSTCODES.get(place.country)
    if draft.postcode and known and not re.fullmatch(known[0], _postcode(draft.postcode)):
        errors["postcode"] = (_("A postcode there looks like %(example)s."), {"example": known[1]})


def _postcode(typed: str) -> str:
    """In capitals, without the country that some write before it ("F-31000")."""
    return re.sub(r"^[A-Z]{1,2}-(?=[0-9])", "", " ".join(typed.upper().split()))
