"""Owns the shapes of contracts at the edge, in and out; never decides or stores anything."""

from __future__ import annotations

from marketplace.contracts.schemas.agreements import (
    ClauseView,
    ContractPage,
    ContractQuery,
    ContractView,
    FeePreview,
    IndependenceSign,
    PartyView,
    QuoteLine,
    VersionText,
    VersionView,
)
from marketplace.contracts.schemas.base import (
    Currency,
    In,
    Language,
    Out,
    Reason,
    Sha256,
)
from marketplace.contracts.schemas.changes import (
    CapDraft,
    ChangeDraft,
    ChangeView,
    FreedomView,
    PartFreedom,
)
from marketplace.contracts.schemas.imports import ImportStart, PaperQuery
from marketplace.contracts.schemas.offers import (
    PRICE_STEPS,
    ConditionsStep,
    DraftChanges,
    FeePreviewRequest,
    OfferStart,
    Refusal,
    ScopeStep,
    SendOffer,
)
from marketplace.contracts.schemas.signing import (
    EvidenceChain,
    EvidenceView,
    SignDraft,
    SignRequest,
)
from marketplace.contracts.schemas.taxes import (
    Sentence,
    TaxDecisionView,
    TaxesView,
    TaxLine,
)
from marketplace.contracts.schemas.verification import (
    Finding,
    HeadPage,
    HeadQuery,
    HeadView,
    SealView,
    Verdict,
    VerifyRequest,
    VersionSealView,
)

__all__ = [
    "PRICE_STEPS",
    "CapDraft",
    "ChangeDraft",
    "ChangeView",
    "ClauseView",
    "ConditionsStep",
    "ContractPage",
    "ContractQuery",
    "ContractView",
    "Currency",
    "DraftChanges",
    "EvidenceChain",
    "EvidenceView",
    "FeePreview",
    "FeePreviewRequest",
    "Finding",
    "FreedomView",
    "HeadPage",
    "HeadQuery",
    "HeadView",
    "ImportStart",
    "In",
    "IndependenceSign",
    "Language",
    "OfferStart",
    "Out",
    "PaperQuery",
    "PartFreedom",
    "PartyView",
    "QuoteLine",
    "Reason",
    "Refusal",
    "ScopeStep",
    "SealView",
    "SendOffer",
    "Sentence",
    "Sha256",
    "SignDraft",
    "SignRequest",
    "TaxDecisionView",
    "TaxLine",
    "TaxesView",
    "Verdict",
    "VerifyRequest",
    "VersionSealView",
    "VersionText",
    "VersionView",
]
