"""Owns noting when a profile changed in what matters; a mere touch leaves its mark as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.core import clock
from marketplace.core.db import command, connection
from marketplace.saved_searches.rules import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.schema import AssistantDocument

NOTE: Final = """
INSERT INTO profile_mark AS held (profile_id, mark, changed_at)
SELECT noted.id, noted.mark, least(to_timestamp(noted.updated), $4)
FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS noted (id, mark, updated)
ON CONFLICT (profile_id) DO UPDATE SET mark = excluded.mark, changed_at =
  CASE WHEN split_part(held.mark, ':', 1) = split_part(excluded.mark, ':', 1) THEN $4
       ELSE held.changed_at END
WHERE held.mark <> excluded.mark"""
"""A mark of another kind (we look at other facts than before) is no change of the profile."""


@command
async def note_changes(documents: Sequence[AssistantDocument]) -> None:
    """Note how changed profiles in the directory look now.

    One never noted is news of the second it was written in: profiles that came in bulk are none.
    """
    looks = sorted((one.id, mark(one), one.updated_at + 1) for one in documents)  # no deadlock
    if looks:
        columns = [list(column) for column in zip(*looks, strict=True)]
        await connection().execute_query(NOTE, [*columns, clock.now()])
