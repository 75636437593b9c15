"""Owns words that are said in passing and names that are ordinary words; never a meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from search.language import STOP_WORDS, normalise
from search.senses.lexicon import known

_CHATTER_FR: Final = (
    "ai as avons avez ont avait aurait aurais suis es sommes etes etait serait serais soit "
    "etre avoir fait faut faudrait faudra voudrais voudrait aimerais aimerait souhaiterais "
    "veux peux pouvez pourrait pourrais pouvoir vouloir doit dois devrait devons vais va "
    "allons aller vient viens venir quand lorsque comme donc alors car parce puisque afin "
    "ainsi si meme aussi encore deja toujours jamais souvent parfois rarement bientot "
    "maintenant aujourd hui demain hier actuellement enfin vraiment tres trop assez peu plus "
    "moins beaucoup tout toute toutes tous tant tellement environ presque bien mal mieux vite "
    "rapidement seulement juste surtout plutot notamment egalement ensuite apres avant "
    "pendant depuis durant entre vers chez sous contre selon malgre sauf quel quelle quels "
    "quelles dont celui celle ceux celles cela ca ci voila voici ici ailleurs partout rien "
    "aucun aucune chaque certains certaines plusieurs autre autres seul seule moi toi soi ben "
    "bah euh stp svp coucou salut cordialement monde gens truc trucs chose choses fois facon "
    "maniere grand gros bon bonne vrai deux trois quatre cinq dix tas montagne plein arrive "
    "arrives arriver arrete sais sait savoir dit dire passe passer reste rester devient "
    "devenir commence commencer continue cherchent aimer aime deteste prefere preference "
    "espere pense croule croulons deborde debordee perdu perdue ras bol galere marre urgence "
    "aide-moi cher chere chers cheres pas-cher"
)
_CHATTER_SHORT: Final = (
    "bjr bsr slt cc kk kk1 jai jcherche jchercher jveux jvoudrais jsuis jsui jdois jarrive dune dun"
    " pr qqn qqun qq kelkun kelqun quelquun kel qd qques tt tte ts dc ds ki ke koi pcq pk stp"
    " svp mdr bcp mtn auj vs ns g ya yaurait chuis chui chais fer o sum1 thx pls plz ur u r im ive"
    " id wanna lookin luking gotta dunno n 2 4"
)
"""As people shorten words on a telephone."""
_MEANT: Final = frozenset({"vs", "ds", "g", "o", "u", "r", "n"})
"""Those that are letters or words of their own."""
_CHATTER_EN: Final = (
    "am was were been being im ive id ill dont doesnt didnt isnt cant wont having had does "
    "did done doing would could should might must shall may like want wants wanted wish hope "
    "love hate prefer when while because since so then than if though although also even "
    "still already always never often sometimes now today tomorrow yesterday soon later "
    "really very too much many more most less least few lot lots bit quite rather just only "
    "about around over under after before during between against per via what which where why "
    "how whose these those there here all both each every any none nothing something anything "
    "everything everyone anyone nobody someone other others another same such own me him them "
    "myself yourself ourselves hi hey dear cheers regards thing things way kind sort stuff "
    "going gonna get gets getting got goes went come comes coming keep keeps start started "
    "stop let lets know knows think say says said tell please urgent asap big huge decent "
    "nice proper tired sick busy stuck drowning struggling hopeless fed overwhelmed"
)


BESIDE: Final = frozenset(
    normalise(
        "faire aide aider gérer gestion occuper confiance personne sérieux expérience mois semaine"
        " chaque régulier urgent rapide petit petite entreprise boîte société équipe travail"
        " service mission tâche professionnel freelance indépendant distance télétravail virtuel"
        " assistant assistance virtual remote help manage management work reliable experienced"
        " small business company every month week regular good great best people person"
        " mettre remettre ordre propre vérifier place trop plus jamais toujours beaucoup nouveau"
        " keep put run look out after get give let make take up under over back new always never"
        " lot much more late own what about through go one two three times without"
    ).split()
)
"""What stands beside a wish and finds nobody by itself."""


@lru_cache(maxsize=1)
def chatter() -> frozenset[str]:
    """Words, as indexed, that are said in passing and stand in no phrase of the vocabulary."""
    words = (
        form for one in f"{_CHATTER_FR} {_CHATTER_EN}".split() for form in normalise(one).split()
    )
    return (frozenset(words) - STOP_WORDS - known()) | frozenset(_CHATTER_SHORT.split()) - _MEANT


_TAGS: Final = re.compile(r"<script\b.*?</script>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_ORDINARY: Final = re.compile(
    r"(?<!with )(?<!avec )(?<!sur )(?<!on )(?<!in )(?<!via )\bmake\b"
    r"|\bnotions?\s+(?:de|d['’]|en|of|that)(?!\w)"
    r"|\b(?:personne|quelqu['’]un|très|bien|être|plus)(?:\s+de)?\s+sages?\b|\bsages\b"
    r"|(?i:\b(?:on|every|by|next|before|from|since|this)\s+mondays?\b|\bmondays\b"
    r"|\bmonday\s*(?:to|till?|until|thro?ugh|thru|and|or|[-–,&/])\s*(?:tue|wed|thu|fri|sat|sun)\w*"
    r"|\bmonday\s+(?:morning|afternoon|evening)s?\b)"
    r"|\b(?:a|some|the|more)\s+buffers?\b|\bbuffer\s+(?:time|between)\b"
    r"|\b(?:the|some|more)\s+slack\b|\bslack\s+(?:time|day|period)s?\b"
    r"|\bzoom\s+(?:in|out)\b|\bwords\b|\bstripes\b"
    r"|\b(?:my|our|your|the|several|remote)\s+teams\b"
    r"|\bcrisp\s+(?:and|text|images?)\b"
    r"|(?:/\s*|\b(?:par|la|une?)\s+)(?i:sem)\b"
    r"|(?i:\b(?:(?:à|a|en)\s+)?(?:mi-temps|temps\s+(?:partiel|plein|complet))\b)"
    r"|(?i:\b(?:part|full)[- ]time\b)|(?i:\bcoups?\s+de\s+main\b)"
)
"""Products' names where they are ordinary words: "make" is a verb unless used "with" or alone;
and how much of a week.
"""
_AMOUNT: Final = (
    r"(?<![\d.,])(?<![\d.,] )\d[\d .,]*+"
    r"(?:€|euros?\b|eur\b|£|pounds?\b|\$|dollars?\b|chf\b|dh\b|k\b)"
)
"""From a number's beginning and never back: else a text of many numbers is read time and again."""
_MEANS: Final = re.compile(
    rf"(?i:\b(?:(?:petit|maigre|small|tight|limited|low)\s+)?budget\s+(?:est\s+|is\s+)?"
    r"(?:tr[eè]s\s+|very\s+)?(?:serr[eé]|limit[eé]|modeste|r[eé]duit|tight|small|limited)\w*"
    r"|\b(?:petit|maigre|small|tight|limited|low)\s+budget\b"
    rf"|\bbudget\b[^\w]*(?:(?:de|d['’]|of|max\w*|is|est|around|about|environ|mensuel)\s*){{0,3}}{_AMOUNT}"
    rf"|{_AMOUNT}\s*(?:/|par|per|a|la|le|the|each|chaque)\s*(?:mois|jour|month|day|week|semaine|an|year))"
)
"""What someone can pay, which is not the work: "budget 400 € par mois"."""

_VA: Final = re.compile(
    r"\bVAs?\b|(?i:(?P<whose>\b(?:une?|des|ma|notre|votre|a|my|our|the)\s)vas?\b)"
)
"""What the trade calls itself, beside other words; "elle va" is a verb."""


def ordinary(text: str) -> str:
    """A text as typed, without markup and without products' names that are ordinary words there.

    "VA" is written out.
    """
    plain = _TAGS.sub(" ", text)
    if len(plain.split()) < 2:
        return plain
    if not plain.isupper():  # "ELLE VA RAPPELER"
        plain = _VA.sub(r"\g<whose>assistant virtuel", plain)
    without = _MEANS.sub(" ", _ORDINARY.sub(" ", plain))
    return without if without.strip() else plain
