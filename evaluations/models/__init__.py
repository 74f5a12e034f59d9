"""The tables, one noun a file. Each docstring lists the invariants; each invariant is a constraint or a trigger."""

from evaluations.models.battles import Battle, Skip
from evaluations.models.imports import Import, ImportFault
from evaluations.models.language_models import LanguageModel
from evaluations.models.leaderboards import Leaderboard
from evaluations.models.ledger import LedgerEntry
from evaluations.models.prompts import Prompt, PromptSet
from evaluations.models.raters import Consent, Rater, RaterIdentity
from evaluations.models.responses import Response
from evaluations.models.snapshots import Snapshot
from evaluations.models.studies import Entry, Study
from evaluations.models.votes import Outcome, Vote, VoteEnding

__all__ = [
    "Battle",
    "Consent",
    "Entry",
    "Import",
    "ImportFault",
    "LanguageModel",
    "Leaderboard",
    "LedgerEntry",
    "Outcome",
    "Prompt",
    "PromptSet",
    "Rater",
    "RaterIdentity",
    "Response",
    "Skip",
    "Snapshot",
    "Study",
    "Vote",
    "VoteEnding",
]
