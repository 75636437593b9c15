"""Owns the words whose lemma no ending rule gives; never applies them (see language)."""

from __future__ import annotations

import re
from typing import Final

_NOUNS: Final = """
    hotesse hotesses host hosts hostess hostesses > hote
    waitress > waiter
    stewardess > steward
    saleswoman salesman saleswomen salesmen > salesperson
    businesswoman businessman > businessperson
    chairwoman chairman > chairperson
    copine > copain
    maitresse > maitre
    chargee chargees charges > charge
    employee employees > employe
    salariee salariees > salarie
    manageuse manageuses manageur manageurs > manager
    cliente clientes > client
    agente agentes > agent
    artisane artisanes > artisan
    coache coaches > coach
    diplomee > diplome
    experimentee experimente > experiment
    qualifiee > qualifie
    certifiee > certifie
    agreee agreees > agree
    specialisee > specialise
    organisee > organise
    motivee > motive
    passionnee > passionne
    formee > forme
    associee > associe
    attachee > attache
    deleguee > delegue
    avocate > avocat
    adjointe > adjoint
    experte > expert
    cheffe cheffes > chef
    ecrivaine > ecrivain
    autrice auteure > auteur
    entrepreneure entrepreneuse > entrepreneur
    redactrice > redacteur
    professeure > professeur
    ingenieure > ingenieur
    patronne > patron
    bilingues > bilingue
    travaux > travail
    nouvelle > nouveau
    disponibles > disponible
    francaise francaises > francais
    anglaise anglaises > anglais
    allemande allemandes > allemand
    espagnole espagnoles > espagnol
    neerlandaise > neerlandais
    portugaise > portugais
    italienne > italien
    bonne bonnes bons > bon
    douce douces > doux
    gentille gentilles gentils > gentil
    petite petites petits > petit
    grande grandes grands > grand
    prete pretes prets > pret
    fiere fieres > fier
    legere legeres > leger
    chere cheres > cher
    vieille vieilles > vieux
    moyenne moyennes > moyen
    publique publiques > public
    candidate candidates > candidat
    laureate laureates > laureat
    magistrate magistrates > magistrat
    apprentie apprenties apprentis > apprenti
    reelle reelles > reel
    polie polies polis > poli
    aguerrie aguerries > aguerri
    avertie averties > averti
    accomplie accomplies > accompli
    epanouie epanouies > epanoui
    assidue assidues > assidu
    connue connues > connu
    reconnue reconnues > reconnu
    inscrite inscrites > inscrit
    instruite instruites > instruit
    agee agees > age
    nee nees > ne
    amie amies > ami
    voisine voisines > voisin
    flamande flamandes > flamand
    normande normandes > normand
    bretonne bretonnes > breton
    grecque grecques > grec
    turque turques > turc
    juive juives > juif
    musulmane musulmanes > musulman
    suissesse suissesses > suisse
"""
_DOING: Final = """
    gerer gere gerez gerent > gestion
    relancer relancez relancent relancant > relance
    trier trie triez > tri
    rediger redige redigez ecrire ecrit ecrivez > redaction
    traduire traduisez traduit > traduction
    saisir saisissez > saisie
    organiser organisez organise organising organizing organize organization > organisation
    facturer facturez > facturation
    reserver reservez > reservation
    repondre repond repondez > reponse
    corriger corrigez > correction
    relire > relecture
    classer classez > classement
    archiver > archivage
    recruter recrutez > recrutement
    prospecter > prospection
    demarcher > demarchage
    monter > montage
    preparer prepare preparez preparing > preparation
    creer creez create creating > creation
    planifier planifiez > planification
    transcrire retranscrire transcribe transcribing > transcription
    declarer > declaration
    programmer > programmation
    publier publiez publish publishing > publication
    animer animez > animation
    suivre suivez > suivi
    mettre mettez > mise
    prendre prenez > prise
    tenir > tenue
    taper tapez > frappe
    envoyer envoyez > envoi
    filtrer > filtrage
    transferer > transfert
    automatiser automatisez automate automating automatisation > automation
    nettoyer > nettoyage
    analyser analysez analyse analyze analyzing > analyse
    accueillir > accueil
    encaisser > encaissement
    rechercher > recherche
    numeriser > numerisation
    moderer moderate moderating > moderation
    retoucher > retouche
    maintenir maintain maintaining > maintenance
    concevoir > conception
    coordonner coordinate coordinating > coordination
    rapprocher > rapprochement
    livrer > livraison
    expedier > expedition
    rembourser > remboursement
    embaucher > embauche
    inscrire > inscription
    referencer > referencement
    sauvegarder > sauvegarde
    synchroniser synchronise synchronize > synchronisation
    commander commandez > commande
    sonder > sondage
    rappeler rappelle rappelez > rappel
    renouveler > renouvellement
    convoquer > convocation
    acheter achetez > achat
    vendre vendez > vente
    louer louez > location
    ranger rangez > rangement
    noter notez > note
    enregistrer > enregistrement
    scanner scannez > scan
    appeler appelle appelez > appel
    telephoner > telephone
    negocier > negociation
    diffuser > diffusion
    installer > installation
    parametrer > parametrage
    configurer configure configuring > configuration
    integrer integrate integrating > integration
    connecter connectez > connexion
    depanner > depannage
    detourer > detourage
    titrer > titrage
    verifier verifiez verify verifying > verification
    controler > controle
    encoder > encodage
    calculer > calcul
    comparer > comparatif
    contacter contactez > contact
    distribuer > distribution
    etablir etablissez > etablissement
    imprimer > impression
    promouvoir promote promoting > promotion
    remplir remplissez > remplissage
    resumer > resume
    paye payes > paie
    insta > instagram
    resas resa > reservation
    rdvs rdv > rendez vous
    manage managing manages > management
    schedule scheduling schedules > schedule
    write writing writes written > writing
    translate translating > translation
    edit editing edits > editing
    chase chasing > chasing
    proofread > proofreading
    answer answering answers > answering
    hire hiring hires > hiring
    recruit recruiting > recruitment
    format formatting > formatting
    reconcile reconciling > reconciliation
    track tracking > tracking
    type typing types > typing
    dictate > dictation
    handle handling > handling
    fill filling > filling
    reply replying replies > reply
    design designing designs > design
    clean cleaning cleanup > cleaning
    research researching > research
    upload uploading uploads > upload
    remind reminding > reminder
    renew renewing > renewal
    ship shipping ships > shipping
    deliver delivering > delivery
    miss missing misses > missed
    plug plugging > plug
    summarise summarize > summary
    negotiate negotiating > negotiation
    enrol enroll enrolling > enrolment
    install installing > installation
    invite inviting > invitation
    advertise advertising > advertising
"""


def _read(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, table.splitlines())):
        forms, _arrow, lemma = line.partition(" > ")
        found |= dict.fromkeys(forms.split(), lemma)
    return found


LEMMAS: Final = _read(_NOUNS)
"""Folded form -> lemma: other forms of a person's trade."""
DOING: Final = _read(_DOING)
"""What is done -> the name of doing it: "relancer les impayés" asks for a "relance des impayés".

Both sides of a search meet in these, so one need not be the most beautiful word.
"""
_INFINITIVE: Final = re.compile(r"\w{4,}(?=(?:er|ir|re)$)")
_CONJUGATED: Final = (
    re.compile(r"(\w{4,}?)(?:iss)?(?:e?ons|ez|ent|e?ais|e?ait|e?aient)"),
    re.compile(r"(\w{4,}?)[ei]?r(?:a|as|ai|ez|ons|ont|ais|ait|aient)"),
)
_STEMS: Final = {stem[0]: done for verb, done in DOING.items() if (stem := _INFINITIVE.match(verb))}


def conjugated(word: str) -> str:
    """The name of what a French verb of DOING does, for its less common forms; else empty."""
    for ending in _CONJUGATED:
        if (match := ending.fullmatch(word)) and match[1] in _STEMS:
            return _STEMS[match[1]]
    return ""
