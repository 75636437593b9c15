"""Owns the shape of what goes in and out about references: drafts and views."""

from __future__ import annotations

from marketplace.references.schemas.drafts import (
    AnswerDraft,
    AskDraft,
    DeclineDraft,
    LinkDraft,
    ReportDraft,
    ShownDraft,
)
from marketplace.references.schemas.views import (
    GivenView,
    OwnReference,
    ReferenceReportView,
    ReferenceView,
    RequestView,
    StoppedView,
    labelled,
    language_name,
)

__all__ = [
    "AnswerDraft",
    "AskDraft",
    "DeclineDraft",
    "GivenView",
    "LinkDraft",
    "OwnReference",
    "ReferenceReportView",
    "ReferenceView",
    "ReportDraft",
    "RequestView",
    "ShownDraft",
    "StoppedView",
    "labelled",
    "language_name",
]
