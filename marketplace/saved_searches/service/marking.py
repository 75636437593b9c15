"""Owns noting when a profile changed in what matters; a mere touch leaves its mark as it was."""

from __future__ import annotations

from typing import Final

from marketplace.core import clock
from marketplace.core.db import command, connection
from marketplace.directory.queries import projection
from marketplace.profiles.events import ProfileChanged, ProfilePublished
from marketplace.saved_searches.rules import mark

NOTE: Final = """
INSERT INTO profile_mark AS held (profile_id, mark, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (profile_id) DO UPDATE SET mark = excluded.mark, changed_at = excluded.changed_at
WHERE held.mark <> excluded.mark"""


@command
async def on_profile_changed(event: ProfilePublished | ProfileChanged) -> None:
    """Reaction by job: note the change, if the profile is in the directory now."""
    documents, _gone = await projection.current([event.profile_id])
    for document in documents:
        values = [event.profile_id, mark(document), clock.now()]
        await connection().execute_query(NOTE, values)
