"""Owns the shapes of parties at the edge, in and out; whether they are right is the service's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.accounts.schemas import NewAddress, ProofDraft
from marketplace.core import clock
from marketplace.core.fields import Clean
from marketplace.parties.rules import PartyKind, Role

if TYPE_CHECKING:
    from marketplace.jurisdictions.queries import Checked
    from marketplace.parties.models import Membership, Party, PartyInvitation


Name = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
LegalName = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)
]
Maybe = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=120)]
Line = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=160)]
Code = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=40)]
Number = Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=60)]


class In(BaseModel):
    """Input: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PartyDraft(In):
    """A party's identity as a person gives it.

    `display_name` "" means the legal name; `jurisdiction`, `legal_form` and `tax_status` are codes
    of GET /api/v1/jurisdictions; numbers may carry blanks and dots; `subdivision` (ISO 3166-2) is
    asked only in federal Canada and the United States; `qst_number` (Quebec's tax) is for parties
    in Canada, `lut_number` (the ARN) and `sac_code` for those in India who export under a LUT; a
    company names who signs for it.
    """

    kind: PartyKind
    jurisdiction: Code
    legal_name: LegalName
    display_name: Maybe = ""
    subdivision: Code = ""
    legal_form: Code = ""
    registration_number: Number = ""
    tax_status: Code = ""
    vat_number: Number = ""
    qst_number: Number = ""
    lut_number: Number = ""
    sac_code: Number = ""
    address_line1: Line = ""
    address_line2: Line = ""
    postcode: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=16)] = ""
    town: Annotated[str, Clean, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    representative_name: Maybe = ""
    representative_title: Maybe = ""


class InvitationDraft(ProofDraft):
    """Whom to invite, to do what. The proof is asked for an owner."""

    email: NewAddress
    role: Role = Role.MEMBER


class InvitationLink(In):
    """What stands behind `token=` in the link of an invitation."""

    token: Annotated[str, StringConstraints(max_length=100)]


class RoleDraft(ProofDraft):
    """A member's new role, and the proof of who gives it."""

    role: Role


class SignatoryDraft(ProofDraft):
    """In which capacity a member may sign, as it is printed: "Head of operations"."""

    capacity: Name


class PartyView(BaseModel):
    """A party of the viewer's."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    kind: PartyKind
    display_name: str
    legal_name: str
    jurisdiction: str
    subdivision: str
    legal_form: str
    registration_number: str
    tax_status: str
    vat_number: str
    qst_number: str
    lut_number: str
    sac_code: str
    address_line1: str
    address_line2: str
    postcode: str
    town: str
    country: str
    representative_name: str
    representative_title: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, party: Party) -> PartyView:
        """From its row."""
        return cls.model_validate(party)


class CheckView(BaseModel):
    """What a register says of one of the party's numbers.

    `state` is valid, invalid, inactive or unknown; null before the first answer, and for good where
    `asked` is false: this instance does not ask that register. `reference` is the register's own.
    """

    model_config = ConfigDict(frozen=True)

    registry: str
    number: str
    state: str | None
    name: str
    reference: str
    answered_at: datetime | None
    asked: bool

    @classmethod
    def of(cls, check: Checked) -> CheckView:
        """From what stands of a number."""
        return cls(
            registry=check.register.value,
            **{
                name: getattr(check, name)
                for name in ("number", "state", "name", "reference", "answered_at", "asked")
            },
        )


class MyPartyView(BaseModel):
    """A party and what the viewer may do for it."""

    model_config = ConfigDict(frozen=True)

    role: Role
    party: PartyView


class MemberView(BaseModel):
    """Somebody who acts for the party. `signs_as`: the capacity of a member who may sign."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID
    name: str
    email: str
    role: Role
    since: datetime
    signs_as: str | None = None

    @classmethod
    def of(cls, membership: Membership, signs_as: str | None = None) -> MemberView:
        """From its row with the person at hand."""
        person = membership.person
        return cls(
            person_id=person.id,
            name=person.name,
            email=person.email,
            role=membership.role,
            since=membership.created_at,
            signs_as=signs_as,
        )


class InvitationView(BaseModel):
    """An invitation that waits for an answer. The link itself goes by mail only."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: PartyInvitation) -> InvitationView:
        """From its row."""
        return cls.model_validate(invitation)


class OpenInvitationView(BaseModel):
    """What the holder of an invitation's link learns; `open` is false once it is used or over."""

    model_config = ConfigDict(frozen=True)

    party: str
    invited_by: str
    email: str
    role: Role
    open: bool
    expires_at: datetime

    @classmethod
    def of(cls, invitation: PartyInvitation) -> OpenInvitationView:
        """From its row with party and inviter at hand."""
        over = invitation.accepted_at or invitation.revoked_at
        return cls(
            party=invitation.party.display_name,
            invited_by=invitation.invited_by.name,
            email=invitation.email,
            role=invitation.role,
            open=not over and invitation.expires_at > clock.now(),
            expires_at=invitation.expires_at,
        )


class TeamView(BaseModel):
    """Who acts for a party, and who is invited to."""

    model_config = ConfigDict(frozen=True)

    members: list[MemberView]
    invitations: list[InvitationView]
