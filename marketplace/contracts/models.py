"""Owns the tables of contracts; never decides anything (see rules) and never reads (see queries).

Append-only by database trigger: `ContractVersion`, `ContractSignature`, `EvidenceEvent`,
`ContractSeal`, `PageShown` and `EvidenceHead`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from marketplace.contracts.rules.changes import ChangeStatus
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.imported import ImportedPaper
from marketplace.contracts.rules.states import (
    REVIEW_DAYS_DEFAULT,
    TRIAL_DAYS_DEFAULT,
    Kind,
    NoticeIn,
    Rail,
    SigningOrder,
    Status,
    TrialEnd,
)
from marketplace.core.ids import new_id

if TYPE_CHECKING:
    from marketplace.accounts.models import Person
    from marketplace.parties.models import Party
    from marketplace.profiles.models import Profile


class Contract(Model):
    """An agreement between a business and an assistant, from draft to its end.

    `terms` holds one of rules.terms.{HourlyTerms, FlatFeeTerms, ProjectTerms} as JSON, `fees` a
    rules.terms.Fees; both are empty while the draft is. `clocks` holds rules.clocks.Clocks.
    `trial_until` is the last day of the start-up phase, known once the first money is held.
    `imported` is a rules.imported.ImportedPaper where the two brought a contract of their own.
    `version` is the number of the version on the table (0 before sending). `lock_version` grows
    with every change and refuses stale forms.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    number: str = fields.CharField(max_length=20, unique=True)
    kind: Kind = fields.CharEnumField(Kind, max_length=20)
    status: Status = fields.CharEnumField(Status, max_length=20, default=Status.DRAFT)
    business: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="contracts_given", on_delete=fields.RESTRICT
    )
    assistant: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="contracts_taken", on_delete=fields.RESTRICT
    )
    created_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="contracts_written", on_delete=fields.RESTRICT
    )
    business_id: UUID
    assistant_id: UUID
    created_by_id: UUID
    title: str = fields.TextField(default="")
    scope: str = fields.TextField(default="")
    currency: str = fields.CharField(max_length=3)
    language: str = fields.CharField(max_length=2)
    starts_on: date | None = fields.DateField(null=True)
    ends_on: date | None = fields.DateField(null=True)
    notice_days: int = fields.IntField(default=14)
    notice_in: NoticeIn = fields.CharEnumField(NoticeIn, max_length=20, default=NoticeIn.DAYS)
    trial_days: int = fields.IntField(default=TRIAL_DAYS_DEFAULT)
    trial_minutes: int = fields.IntField(default=0)
    trial_then: TrialEnd = fields.CharEnumField(TrialEnd, max_length=20, default=TrialEnd.CONTINUE)
    trial_until: date | None = fields.DateField(null=True)
    review_days: int = fields.IntField(default=REVIEW_DAYS_DEFAULT)
    time_zone: str = fields.CharField(max_length=64)
    signing_order: SigningOrder = fields.CharEnumField(
        SigningOrder, max_length=20, default=SigningOrder.ANY
    )
    rail: Rail = fields.CharEnumField(Rail, max_length=20, default=Rail.HELD)
    personal_data: Any = fields.JSONField(null=True)
    kpis: Any = fields.JSONField(default=list)
    data_answered: bool = fields.BooleanField(default=False)
    imported: Any = fields.JSONField(null=True)
    terms: Any = fields.JSONField(default=dict)
    fees: Any = fields.JSONField(default=dict)
    clocks: Any = fields.JSONField(default=dict)
    version: int = fields.IntField(default=0)
    lock_version: int = fields.IntField(default=0)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    signed_at: datetime | None = fields.DatetimeField(null=True)
    active_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_reason: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    updated_at: datetime = fields.DatetimeField()

    class Meta:
        table = "contract"

    @property
    def rhythm(self) -> Clocks:
        """The clocks this contract promises."""
        return Clocks.model_validate(self.clocks)

    @property
    def paper(self) -> ImportedPaper | None:
        """The contract that the two signed elsewhere and brought here."""
        return ImportedPaper.model_validate(self.imported) if self.imported else None


class BroughtPaper(Model):
    """A contract signed elsewhere that an assistant brings to a client, known by an address.

    `paper` is a rules.imported.ImportedPaper. `outcome` is a rules.imported.Outcome; the contract
    is the draft that the client made of it.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    profile: fields.ForeignKeyRelation[Profile] = fields.ForeignKeyField(
        "relais.Profile", related_name="brought", on_delete=fields.RESTRICT
    )
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="brought", on_delete=fields.RESTRICT
    )
    brought_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="brought", on_delete=fields.RESTRICT
    )
    contract: fields.ForeignKeyNullableRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="brought", on_delete=fields.RESTRICT, null=True
    )
    profile_id: UUID
    party_id: UUID
    brought_by_id: UUID
    contract_id: UUID | None
    email: str = fields.CharField(max_length=320)
    kind: Kind = fields.CharEnumField(Kind, max_length=20)
    paper: Any = fields.JSONField()
    outcome: str = fields.TextField(default="")
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "brought_paper"

    @property
    def file(self) -> ImportedPaper:
        """The file and the day it was signed."""
        return ImportedPaper.model_validate(self.paper)


class ContractVersion(Model):
    """A frozen text: the agreement, the parties as they stood, and the hash of the PDF's bytes.

    `clauses` are its words as they were frozen: of each clause id, title, paragraphs (None on
    versions from before they were kept; service.wording reads those from the file).
    `boxes` are where its paper leaves room for the two signatures (rules.annex.Place as JSON).
    `french_sha256` is the French version that has to be read before this one (rules.french).
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="versions", on_delete=fields.RESTRICT
    )
    made_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="contract_versions", on_delete=fields.RESTRICT, null=True
    )
    contract_id: UUID
    made_by_id: UUID | None
    number: int = fields.IntField()
    side: str = fields.CharField(max_length=20)
    agreement: Any = fields.JSONField()
    parties: Any = fields.JSONField()
    file_sha256: str = fields.CharField(max_length=64, unique=True)
    file_bytes: int = fields.IntField()
    clauses: Any = fields.JSONField(null=True)
    boxes: Any = fields.JSONField(default=list)
    french_sha256: str | None = fields.CharField(max_length=64, null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "contract_version"
        unique_together = (("contract", "number"),)


class ContractChange(Model):
    """A proposed change of a signed contract: a version that counts once both sides signed it.

    `answer` is why it was declined or withdrawn. `side` is `system`, and nobody its author, when
    the tax between the parties has changed.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="changes", on_delete=fields.RESTRICT
    )
    version: fields.OneToOneRelation[ContractVersion] = fields.OneToOneField(
        "relais.ContractVersion", related_name="change", on_delete=fields.RESTRICT
    )
    proposed_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="proposed_changes", on_delete=fields.RESTRICT, null=True
    )
    contract_id: UUID
    version_id: UUID
    proposed_by_id: UUID | None
    side: str = fields.CharField(max_length=20)
    reason: str = fields.TextField(default="")
    status: ChangeStatus = fields.CharEnumField(
        ChangeStatus, max_length=20, default=ChangeStatus.OPEN
    )
    proposed_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    closed_at: datetime | None = fields.DatetimeField(null=True)
    answer: str = fields.TextField(default="")

    class Meta:
        table = "contract_change"


class ContractSignature(Model):
    """One person's consent, for one side, to one version. It counts while that version stands."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="signatures", on_delete=fields.RESTRICT
    )
    version: fields.ForeignKeyRelation[ContractVersion] = fields.ForeignKeyField(
        "relais.ContractVersion", related_name="signatures", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="signatures", on_delete=fields.RESTRICT
    )
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="signatures", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    version_id: UUID
    person_id: UUID
    party_id: UUID
    side: str = fields.CharField(max_length=20)
    typed_name: str = fields.TextField()
    capacity: str = fields.TextField(default="")
    consent: str = fields.TextField()
    consent_sha256: str = fields.CharField(max_length=64)
    locale: str = fields.CharField(max_length=2)
    file_sha256: str = fields.CharField(max_length=64)
    ip: str | None = fields.TextField(null=True)
    user_agent: str | None = fields.TextField(null=True)
    signed_at: datetime = fields.DatetimeField()

    class Meta:
        table = "contract_signature"
        unique_together = (("version", "side"),)


class SigningCode(Model):
    """A one-time code as a keyed hash, bound to a version's file, a person, a party, an address."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="codes", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="signing_codes", on_delete=fields.RESTRICT
    )
    party: fields.ForeignKeyRelation[Party] = fields.ForeignKeyField(
        "relais.Party", related_name="signing_codes", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    person_id: UUID
    party_id: UUID
    file_sha256: str = fields.CharField(max_length=64)
    code_hash: str = fields.CharField(max_length=64)
    tries: int = fields.IntField(default=0)
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "signing_code"


class EvidenceEvent(Model):
    """One link of a contract's evidence chain, written once by service.evidence.append."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="evidence", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="evidence", on_delete=fields.RESTRICT, null=True
    )
    contract_id: UUID
    person_id: UUID | None
    seq: int = fields.IntField()
    at: datetime = fields.DatetimeField()
    actor: str = fields.CharField(max_length=20)
    event: str = fields.CharField(max_length=40)
    file_sha256: str | None = fields.CharField(max_length=64, null=True)
    ip: str | None = fields.TextField(null=True)
    user_agent: str | None = fields.TextField(null=True)
    session: str | None = fields.CharField(max_length=64, null=True)
    details: Any = fields.JSONField(default=dict)
    prev_hash: str = fields.CharField(max_length=64)
    hash: str = fields.CharField(max_length=64)

    class Meta:
        table = "evidence_event"
        unique_together = (("contract", "seq"),)


class ContractSeal(Model):
    """The final file of a version that both sides signed: made by job, recorded once.

    `chain_seq` and `chain_head` are the last event of the evidence that the file carries.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    contract: fields.ForeignKeyRelation[Contract] = fields.ForeignKeyField(
        "relais.Contract", related_name="seals", on_delete=fields.RESTRICT
    )
    version: fields.OneToOneRelation[ContractVersion] = fields.OneToOneField(
        "relais.ContractVersion", related_name="seal", on_delete=fields.RESTRICT
    )
    contract_id: UUID
    version_id: UUID
    file_sha256: str = fields.CharField(max_length=64, unique=True)
    file_bytes: int = fields.IntField()
    level: str = fields.CharField(max_length=10)
    test: bool = fields.BooleanField()
    certificate_sha256: str = fields.CharField(max_length=64)
    chain_seq: int = fields.IntField()
    chain_head: str = fields.CharField(max_length=64)
    sealed_at: datetime = fields.DatetimeField()

    class Meta:
        table = "contract_seal"


class PageShown(Model):
    """A page of a version that a person was shown, and when first."""

    id: UUID = fields.UUIDField(primary_key=True, default=new_id)
    version: fields.ForeignKeyRelation[ContractVersion] = fields.ForeignKeyField(
        "relais.ContractVersion", related_name="pages_shown", on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "relais.Person", related_name="pages_shown", on_delete=fields.RESTRICT
    )
    version_id: UUID
    person_id: UUID
    page: int = fields.IntField()
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "page_shown"
        unique_together = (("version", "person", "page"),)


class EvidenceHead(Model):
    """The public hash of a day (UTC): over all its evidence and the day before (rules.heads)."""

    day: date = fields.DateField(primary_key=True)
    events: int = fields.IntField()
    prev: str = fields.CharField(max_length=64)
    head: str = fields.CharField(max_length=64)
    made_at: datetime = fields.DatetimeField()

    class Meta:
        table = "evidence_head"
