"""Owns noting when a profile changed in what matters; a mere touch leaves its mark as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from marketplace.core import clock
from marketplace.core.db import command, connection
from marketplace.saved_searches.models import ProfileMark
from marketplace.saved_searches.rules import looks, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.profiles.events import ProfilePaused
    from search.schema import AssistantDocument

NOTE: Final = """
INSERT INTO profile_mark AS held (profile_id, mark, changed_at, facts, prices)
SELECT noted.id, noted.mark, here.since, noted.facts::jsonb,
  jsonb_build_array(jsonb_build_array(extract(epoch FROM here.since), noted.minor, noted.currency))
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $6::int[], $7::text[])
  AS noted (id, mark, updated, facts, minor, currency)
CROSS JOIN LATERAL (SELECT least(to_timestamp(noted.updated), $5) AS since) here
ON CONFLICT (profile_id) DO UPDATE SET mark = excluded.mark, changed_at =
  CASE WHEN split_part(held.mark, ':', 1) IN ('', split_part(excluded.mark, ':', 1)) THEN $5
       ELSE held.changed_at END,
  back_at = CASE WHEN held.mark = '' THEN $5 ELSE held.back_at END,
  facts = (SELECT jsonb_object_agg(key, CASE
    WHEN held.facts -> key -> 0 = value -> 0 THEN held.facts -> key
    WHEN held.facts ? key THEN jsonb_build_array(value -> 0, extract(epoch FROM $5::timestamptz))
    ELSE value END) FROM jsonb_each(excluded.facts)),
  prices = CASE WHEN (held.prices -> -1) - 0 = (excluded.prices -> -1) - 0 THEN held.prices
    ELSE jsonb_path_query_array(held.prices, '$[last - 8 to last]')
      || jsonb_set(excluded.prices, '{0,0}', to_jsonb(extract(epoch FROM $5::timestamptz))) END
WHERE held.mark <> excluded.mark"""
"""A mark of another kind (we look at other facts than before) is no change of the profile."""


@command
async def note_changes(documents: Sequence[AssistantDocument]) -> None:
    """Note how changed profiles in the directory look now.

    One never noted is news of the second it was written in: profiles that came in bulk are none.
    """
    noted = sorted(  # no deadlock
        (each.id, mark(each), each.updated_at + 1, json.dumps(looks(each)), *_price(each))
        for each in documents
    )
    if noted:
        ids, marks, days, facts, *price = [list(column) for column in zip(*noted, strict=True)]
        await connection().execute_query(NOTE, [ids, marks, days, facts, clock.now(), *price])


def _price(document: AssistantDocument) -> tuple[int | None, str]:
    return document.rate_minor, document.currency


async def on_profile_paused(event: ProfilePaused) -> None:
    """Reaction: when it is back, that is a change to whoever was never told of it."""
    await ProfileMark.filter(profile_id=event.profile_id).update(mark="")
