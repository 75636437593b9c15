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
SELECT noted.id, noted.mark, $3 FROM unnest($1::uuid[], $2::text[]) AS noted (id, mark)
ON CONFLICT (profile_id) DO UPDATE SET mark = excluded.mark, changed_at = excluded.changed_at
WHERE held.mark <> excluded.mark"""


@command
async def note_changes(documents: Sequence[AssistantDocument]) -> None:
    """Note how changed profiles in the directory look now."""
    looks = sorted((one.id, mark(one)) for one in documents)  # in one order: no deadlock
    values = [[id_ for id_, _ in looks], [look for _, look in looks], clock.now()]
    if looks:
        await connection().execute_query(NOTE, values)
