"""Owns filling a database: the demo people look at, or a large directory to measure.

The directory goes by COPY; contracts and money go through the features' own services and the
real sandbox, so that what the demo shows is what the product does.
"""

from __future__ import annotations

from collections.abc import Callable

from marketplace.admin.service import reconciling
from marketplace.demo.rules import ASSISTANTS
from marketplace.demo.service import businesses, contracts, directory, references, shortlists
from marketplace.directory import service as search

Progress = Callable[[int, int, str], None]


async def seed(progress: Progress) -> None:
    """Fill the demo. What an interrupted seeding left is completed, never doubled."""
    await directory.fill(0, ASSISTANTS, progress)
    await businesses.fill(progress)
    await references.fill()
    await search.reindex(progress)
    await shortlists.fill()
    await contracts.fill(progress)
    await reconciling.nightly(0)  # so that the operator finds a report


async def seed_directory(assistants: int, progress: Progress) -> None:
    """Have at least `assistants` generated assistants, searchable."""
    await directory.fill(0, assistants, progress)
    await search.reindex(progress)


__all__ = ["seed", "seed_directory"]
