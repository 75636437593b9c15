"""The door to writing profiles; never holds a step itself."""

from marketplace.profiles.service.editing import (
    save_all,
    save_as_seen,
    save_availability,
    save_identity,
    save_languages,
    save_place,
    save_rates,
    save_skills,
)
from marketplace.profiles.service.noting import note_rating, note_response
from marketplace.profiles.service.photos import remove_photo, save_photo
from marketplace.profiles.service.proving import end_proofs, held, prove, withdraw
from marketplace.profiles.service.publishing import (
    on_party_changed,
    on_party_created,
    on_person_suspended,
    pause,
    publish,
    start,
)
from marketplace.profiles.service.removing import on_party_closed

__all__ = [
    "end_proofs",
    "held",
    "note_rating",
    "note_response",
    "on_party_changed",
    "on_party_closed",
    "on_party_created",
    "on_person_suspended",
    "pause",
    "prove",
    "publish",
    "remove_photo",
    "save_all",
    "save_as_seen",
    "save_availability",
    "save_identity",
    "save_languages",
    "save_photo",
    "save_place",
    "save_rates",
    "save_skills",
    "start",
    "withdraw",
]
