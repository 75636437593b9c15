"""The door to writing parties and their teams; never holds a step itself."""

from marketplace.parties.service import checks
from marketplace.parties.service.closing import on_person_deleted
from marketplace.parties.service.identity import create, update
from marketplace.parties.service.signatories import let_sign, stop_signing
from marketplace.parties.service.team import (
    accept_invitation,
    change_role,
    invite,
    remove_member,
    withdraw_invitation,
)

__all__ = [
    "accept_invitation",
    "change_role",
    "checks",
    "create",
    "invite",
    "let_sign",
    "on_person_deleted",
    "remove_member",
    "stop_signing",
    "update",
    "withdraw_invitation",
]
