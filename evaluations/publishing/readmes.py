"""What stands in README.txt of a bundle, in English and in French."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# `arena verify` compares it, so that another text is another CODE_VERSION.
TEXT: Final = """\
{title}

The leaderboard “{leaderboard}” as it was published after {ledger_size} entries of the ledger, by the code
{code_version}: {counted} votes on {models} models. Whoever holds this file can compute every figure again.

To check it, with Arena’s source and Python, without a database:

    pip install --no-deps .
    pip install {packages}
    arena verify FILE

It says that every figure is the same, or which are not. The snapshot’s digest is the SHA-256 of snapshot.json: compare
it with the address that the leaderboard links to. Elsewhere this is computed alike: snapshot.json says the parameters.

snapshot.json    what was published, as it was hashed: canonical JSON (RFC 8785)
analyses.jsonl   by line, the same votes by categories and languages, with other ties, with style held equal, by Elo;
                 snapshot.json names the SHA-256 of each line, without its end
votes.csv        the votes that count, in the order of the ledger. position: in the ledger. left, right: the models
                 shown on each side. outcome: left, right, tie, both_bad. rater, prompt: numbers from 0, by first vote;
                 they mean nothing outside this file. category, language: of the prompt. origin: shown (voted on here),
                 recorded (elsewhere), simulated (by nobody). probability: of the draw of this pair, empty if it was
                 not drawn here. length (words), headings, bold, lists: counts of the response on each side. A name
                 that a spreadsheet would run has an apostrophe before it.
manifest.json    size and SHA-256 of the other files

Licence of the data: {licence}.

--

Le classement « {leaderboard} » tel qu’il a été publié après {ledger_size} entrées du registre, par le code
{code_version} : {counted} votes sur {models} modèles. Qui détient ce fichier peut recalculer chaque chiffre.

Pour le vérifier, avec le code source d’Arena et Python, sans base de données :

    pip install --no-deps .
    pip install {packages}
    arena verify FICHIER

La commande dit que tous les chiffres sont les mêmes, ou lesquels ne le sont pas. L’empreinte de l’instantané est le
SHA-256 de snapshot.json : comparez-la à l’adresse que donne le classement. Les paramètres sont dans snapshot.json.

snapshot.json    ce qui a été publié, tel que haché : JSON canonique (RFC 8785)
analyses.jsonl   par ligne, les mêmes votes par catégorie et par langue, avec d’autres règles pour les égalités, à style
                 égal, selon Elo ; snapshot.json donne le SHA-256 de chaque ligne, sans sa fin
votes.csv        les votes comptés, dans l’ordre du registre. position : dans le registre. left, right : les modèles
                 montrés de chaque côté. outcome : left (gauche), right (droite), tie (égalité), both_bad (les deux
                 mauvaises). rater, prompt : numéros à partir de 0, par premier vote ; ils ne veulent rien dire hors de
                 ce fichier. category, language : de la question. origin : shown (vote fait ici), recorded (ailleurs),
                 simulated (par personne). probability : du tirage de cette paire, vide si elle n’a pas été tirée ici.
                 length (mots), headings, bold, lists : décomptes de la réponse de chaque côté. Un nom qu’un tableur
                 exécuterait est précédé d’une apostrophe.
manifest.json    taille et SHA-256 des autres fichiers

Licence des données : {licence_french}.
"""
# All that the verification imports: a test holds this to the imports.
PACKAGES: Final = ("numpy", "scipy", "numba", "threadpoolctl", "pyarrow", "rfc8785", "markdown-it-py")
TITLE: Final = "ARENA: A SNAPSHOT’S BUNDLE / LE PAQUET D’UN INSTANTANÉ"
WARNING: Final = "SIMULATED VOTES: NOBODY CAST THEM. / VOTES SIMULÉS : PERSONNE NE LES A EXPRIMÉS."


def write_readme(*, document: Mapping[str, Any], licence: tuple[str, str]) -> str:
    """document: the snapshot's. licence: name and address, empty where none was stated."""
    name = " ".join(part for part in licence if part)
    simulated = document["votes"].get("simulated", 0)
    return TEXT.format(
        title=f"{TITLE}\n\n{WARNING}" if simulated else TITLE,
        leaderboard=document["leaderboard"],
        ledger_size=document["ledger_size"],
        code_version=document["code_version"],
        counted=document["votes"]["counted"],
        models=len(document["models"]),
        packages=" ".join(PACKAGES),
        licence=name or "none was stated; ask who published the leaderboard",
        licence_french=name or "aucune n’est indiquée ; demandez à qui publie le classement",
    )
