"""Owns which passwords are refused: too short, too long, or among the first that are guessed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from marketplace.core.i18n import _

PASSWORD_MIN: Final = 10
PASSWORD_MAX: Final = 200  # argon2 cost does not grow with length, the request does

# Words that open the published lists of leaked passwords, in French and English, without the
# digits and signs people put around them (those are peeled off before the comparison).
COMMON: Final = frozenset(
    """
    password passwort motdepasse motdepass azerty azertyuiop qwerty qwertyuiop qwertz asdfgh
    asdfghjkl zxcvbn zxcvbnm wxcvbn letmein welcome bienvenue bonjour bonjourbonjour soleil
    doudou loulou chouchou chocolat jetaime iloveyou loveyou monamour princess princesse sunshine
    football baseball basketball dragon monkey shadow master superman batman pokemon starwars
    trustno marseille camille nicolas michael jennifer jordan hunter charlie thomas administrator
    administrateur admin adminadmin root rootroot changeme changemoi default secret secretsecret
    internet computer ordinateur samsung google facebook linkedin whatever freedom liverpool
    arsenal chelsea mustang ferrari corvette abcdef abcdefgh abcdefghij testtest testing guest
    passw passpass passwordpassword qazwsx qazwsxedc zaqwsx access login hello helloworld
    cheval bordeaux toulouse paris france vacances family famille summer winter spring autumn
    printemps automne hiver marketplace relais assistant assistante
    """.split()
)
LEET: Final = str.maketrans("01345@$!", "oleasasi")
ROWS: Final = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "azertyuiop",
               "asdfghjkl", "qsdfghjklm", "zxcvbnm", "wxcvbn")  # fmt: skip


def _is_run(text: str) -> bool:
    """Whether `text` walks along a row of the keyboard or the alphabet, or repeats itself."""
    for size in range(1, 5):
        if text == (text[:size] * (len(text) // size + 1))[: len(text)]:
            return True
    return any(text in row * 3 or text in row[::-1] * 3 for row in ROWS)


def password_problem(password: str, *, email: str = "", name: str = "") -> str | None:
    """Why this password is refused, as a msgid, or None.

    Length and guessability only, no rules about signs and capitals: NIST SP 800-63B section 3.1.1.
    """
    if len(password) < PASSWORD_MIN:
        return _("Please use at least 10 characters: a few words together work well.")
    if len(password) > PASSWORD_MAX:
        return _("Please use at most 200 characters.")
    plain = unicodedata.normalize("NFKC", password).casefold()
    solid = re.sub(r"[\W_]+", "", plain)
    core = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)
    folded = re.sub(r"[\W_]+", "", core.translate(LEET))
    bare = re.sub(r"^\d+|\d+$", "", solid)
    if _is_run(plain) or _is_run(solid) or {core, bare, folded} & COMMON:
        return _("This password is one of the first that would be guessed. Please choose another.")
    words = {*re.split(r"[^\w]+", email.casefold()), *name.casefold().split()}
    words |= {
        email.casefold(),
        re.sub(r"[\W_]+", "", name.casefold()),
        email.split("@", maxsplit=1)[0],
    }
    rest = {re.sub(r"[\W_]+", "", word) for word in words if len(word) >= 4}
    if any(word and word in solid and len(solid) - len(word) < 6 for word in rest):
        return _("Please do not use your name or your e-mail address as your password.")
    return None
