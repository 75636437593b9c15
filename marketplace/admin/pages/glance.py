"""Owns the operator's overview, the failed jobs and the log as pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import (
    Form,
    asked,
    blank,
    older,
    pages,
    show,
    with_draft,
    with_reason,
)
from marketplace.admin.queries import overview, records
from marketplace.admin.schemas.queues import KindDraft
from marketplace.admin.schemas.records import RecordQuery
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

BIGINT_MAX = 2**63 - 1


async def _glance(request: Request, form: Form, status: int = 200) -> Response:
    found = await overview.overview()
    under_way = await records.run_under_way()
    return show(
        request, "overview", status=status, found=found, under_way=under_way, form=form,
        tab="overview",
    )  # fmt: skip


@pages.get("/operator", guard=operator)
async def glance(request: Request) -> Response:
    """What waits and since when, and how the parts are."""
    return await _glance(request, blank())


@pages.post("/operator/index/rebuild", guard=operator)
async def rebuild_index(request: Request) -> Response:
    """Build the search index anew, as a job."""
    done = _("The rebuild is queued. This page shows how far it is.")
    return await with_reason(
        request,
        lambda draft: service.rebuild_index(viewer(request).person_id, draft),
        lambda form, status: _glance(request, form, status),
        lambda: to(request, "/operator", done),
    )


async def _jobs(request: Request, form: Form, status: int = 200) -> Response:
    kinds = await overview.failing_kinds()
    rows = await overview.failed_jobs()
    return show(request, "jobs", status=status, rows=rows, kinds=kinds, form=form, tab="overview")


@pages.get("/operator/jobs", guard=operator)
async def jobs(request: Request) -> Response:
    """Jobs that were tried too often, and the form to try all of one kind again."""
    return await _jobs(request, blank())


@pages.post("/operator/jobs/retry", guard=operator)
async def retry_jobs(request: Request) -> Response:
    """Queue every failed job of one kind once more."""
    done = _("The jobs are in the queue again.")
    return await with_draft(
        request,
        KindDraft,
        lambda draft: service.retry_jobs(viewer(request).person_id, draft),
        lambda form, status: _jobs(request, form, status),
        lambda: to(request, "/operator/jobs", done),
    )


async def _job(request: Request, form: Form, status: int = 200) -> Response:
    number = request.path_params["id"]
    job = await overview.failed_job(number) if number <= BIGINT_MAX else None
    if job is None:
        raise NotFound
    acts = await records.acts_on(f"job:{number}")
    return show(request, "job", status=status, row=job, form=form, acts=acts, tab="overview")


@pages.get("/operator/jobs/{id:int}", guard=operator)
async def job(request: Request) -> Response:
    """One failed job and the form to try it again."""
    return await _job(request, blank())


@pages.post("/operator/jobs/{id:int}/retry", guard=operator)
async def retry_job(request: Request) -> Response:
    """Queue a failed job once more."""
    number = min(request.path_params["id"], BIGINT_MAX)
    return await with_reason(
        request,
        lambda draft: service.retry_job(viewer(request).person_id, number, draft),
        lambda form, status: _job(request, form, status),
        lambda: to(request, "/operator/jobs", _("The job is in the queue again.")),
        gone="/operator/jobs",
    )


@pages.get("/operator/log", guard=operator)
async def acts(request: Request) -> Response:
    """Everything operators did by hand, and why."""
    query, _form = asked(request, RecordQuery)
    query = query or RecordQuery()
    rows = await records.acts(before=query.before, limit=query.limit)
    return show(request, "log", rows=rows, older=older(request, rows, query.limit), tab="log")
