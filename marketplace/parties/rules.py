"""Owns the kinds of party, the roles in it and its refusals; never reads or writes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict, Forbidden
from marketplace.core.i18n import _

INVITATION_DAYS: Final = 14


class PartyKind(StrEnum):
    """Which side of a contract a party stands on."""

    BUSINESS = "business"
    ASSISTANT = "assistant"


class Role(StrEnum):
    """What a person may do for a party: an owner also edits it and its members."""

    OWNER = "owner"
    MEMBER = "member"


class OwnersOnly(Forbidden):
    """A member tried what only an owner may do."""

    message = _("Only an owner may change this.")


class OwnerSignsAnyway(Conflict):
    """An owner needs nobody's leave to sign."""

    message = _("An owner signs without a delegation.")


class NotSignatory(Forbidden):
    """A member without a delegation would sign."""

    message = _("You may not sign for this party yet: an owner has to allow it on the team page.")


class LastOwner(Conflict):
    """A party always keeps at least one owner."""

    message = _("Somebody must stay in charge: name another owner first.")


class AlreadyMember(Conflict):
    """The invited address already belongs to a member."""

    message = _("This person already belongs to the team.")


class InvitationOver(Conflict):
    """The invitation was used, withdrawn or has expired."""

    message = _("This invitation is no longer valid. Ask for a new one.")


class InvitedSomeoneElse(Forbidden):
    """The invitation was sent to another e-mail address than the viewer's verified one."""

    message = _("This invitation was sent to another e-mail address.")


class KindIsFixed(Conflict):
    """A party cannot move to the other side."""

    message = _("A business cannot become an assistant, nor the reverse. Create a second one.")


POSTCODES: Final = {
    "BE": (r"[0-9]{4}", "1000"),
    "CA": (r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]", "H2X 1Y4"),
    "CH": (r"[0-9]{4}", "1201"),
    "DE": (r"[0-9]{5}", "10115"),
    "ES": (r"[0-9]{5}", "28013"),
    "FR": (r"[0-9]{5}", "31000"),
    "GB": (r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", "SW1A 1AA"),
    "IE": (r"[A-Z][0-9][0-9W] ?[A-Z0-9]{4}", "D02 AF30"),
    "IN": (r"[0-9]{3} ?[0-9]{3}", "110001"),
    "IT": (r"[0-9]{5}", "00184"),
    "LU": (r"[0-9]{4}", "1009"),
    "MC": (r"980[0-9]{2}", "98000"),
    "NL": (r"[0-9]{4} ?[A-Z]{2}", "1012 AB"),
    "PT": (r"[0-9]{4}-?[0-9]{3}", "1100-053"),
    "US": (r"[0-9]{5}(-[0-9]{4})?", "10001"),
    "ZA": (r"[0-9]{4}", "8001"),
}
"""Country -> how its postcodes are written, and one of them (Universal Postal Union, addressing
guides of its members). Where few know theirs nothing is checked."""
