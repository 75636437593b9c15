"""Owns what an e-mail address tells: whose mailbox, a company's or a person's; sends nothing.

A domain says where an answer came from and no more. Which ones anybody can open a mailbox at is
known of the common ones only; an unknown one passes for a company's own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

# Under any ending: yahoo.fr, yahoo.co.uk, hotmail.com.tr.
FAMILIES: Final = re.compile(
    r"(?:aol|caramail|eclipso|fastmail|gmail|gmx|googlemail|hotmail|icloud|laposte|live|mail"
    r"|mailfence|msn|outlook|posteo|proton|protonmail|rocketmail|tuta|tutanota|yahoo|yandex|ymail|zohomail)\.(?:com?\.)?[a-z]{2,4}"
)
# Providers of mail, and of lines with a mailbox, where our assistants and their clients live.
FREE: Final = frozenset(
    """
    9online.fr aliceadsl.fr bbox.fr cegetel.net club-internet.fr dbmail.com free.fr libertysurf.fr
    email.fr mailo.com mailo.eu net-c.com netc.fr netcourrier.com neuf.fr noos.fr
    numericable.fr orange.fr sfr.fr voila.fr wanadoo.fr
    belgacom.net orange.be proximus.be scarlet.be skynet.be telenet.be voo.be
    bluemail.ch bluewin.ch etik.com hispeed.ch ik.me ikmail.com netplus.ch sunrise.ch swissonline.ch
    bell.net rogers.com shaw.ca sympatico.ca telus.net videotron.ca
    internet.lu pt.lu vo.lu libello.com monaco.mc
    blueyonder.co.uk btinternet.com btopenworld.com ntlworld.com sky.com talktalk.net tiscali.co.uk
    virgin.net virginmedia.com eircom.net
    arcor.de freenet.de mailbox.org t-online.de web.de a1.net aon.at
    alice.it libero.it tin.it tiscali.it virgilio.it
    telefonica.net terra.es sapo.pt clix.pt netcabo.pt iol.pt
    home.nl kpnmail.nl planet.nl xs4all.nl ziggo.nl
    interia.pl o2.pl onet.pl wp.pl seznam.cz inbox.lv abv.bg freemail.hu
    menara.ma iam.net.ma topnet.tn planet.tn intnet.mu moov.mg
    att.net bellsouth.net charter.net comcast.net cox.net earthlink.net sbcglobal.net verizon.net
    cock.li disroot.org eml.cc hey.com hushmail.com inbox.com keemail.me mac.com me.com
    mm.st pm.me riseup.net sent.com tutamail.com usa.net vivaldi.net
    email.com runbox.com startmail.com zoho.com zoho.eu skiff.com
    126.com 163.com naver.com qq.com rediffmail.com sina.com bk.ru list.ru rambler.ru ya.ru
    """.split()
)
# Anybody reads or nobody keeps what comes here, or it is passed on to one mailbox of many names.
THROWAWAY: Final = frozenset(
    """
    10minutemail.com discard.email dispostable.com emailondeck.com fakeinbox.com getnada.com
    grr.la guerrillamail.com guerrillamail.info jetable.org maildrop.cc mailinator.com mailnesia.com
    moakt.com mohmal.com mytemp.email sharklasers.com spamgourmet.com temp-mail.org tempail.com
    tempmail.com tempr.email throwawaymail.com trash-mail.com trashmail.com yopmail.com yopmail.fr
    yopmail.net
    33mail.com 8alias.com addy.io addymail.com aleeas.com anonaddy.com anonaddy.me burnermail.io
    dralias.com duck.com erine.email mozmail.com passfwd.com passinbox.com passmail.com passmail.net
    privaterelay.appleid.com simplelogin.co simplelogin.com simplelogin.fr simplelogin.io
    slmail.me slmails.com silomails.com
    """.split()
)


def domain_of(address: str) -> str:
    """What stands behind the @ of a normalised address."""
    return address.rpartition("@")[2]


def is_free(domain: str) -> bool:
    """Whether anybody can have a mailbox there: such an address is a person's, no company's."""
    return any(one in FREE or FAMILIES.fullmatch(one) for one in _upwards(domain))


def is_throwaway(domain: str) -> bool:
    """Whether mail there reaches nobody in particular, or somebody under one name of many."""
    return any(one in THROWAWAY for one in _upwards(domain))


def _upwards(domain: str) -> list[str]:
    """A domain and those above it: providers give their customers names below their own."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def same_house(one: str, other: str) -> bool:
    """Whether two domains that are nobody's free mail are one, or one lies below the other."""
    if is_free(one) or is_free(other):
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def mailbox(address: str) -> str:
    """The mailbox behind a normalised address: "ana+x@example.fr" is that of "ana@example.fr".

    Gmail reads no dots before the @; at Fastmail "x@ana.fastmail.com" is "ana@fastmail.com".
    """
    local, _at, domain = address.rpartition("@")
    if below := re.fullmatch(r"(?:.+\.)?([^.]+)\.(fastmail\.[a-z]+)", domain):
        local, domain = below.groups()
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def mark(address: str, secret: str) -> str:
    """A keyed hash of the mailbox: it tells the same one again and leads to none."""
    text = f"reference:{mailbox(address)}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
