"""The tables, one noun a file. Each docstring lists the invariants; each invariant is a constraint or a trigger."""

from evaluations.models.access import Admission, Invitation, Panel
from evaluations.models.audit import AuditEvent
from evaluations.models.battles import Battle, Skip
from evaluations.models.claims import Claim
from evaluations.models.comprehension import ComprehensionAttempt
from evaluations.models.decisions import RaterDecision
from evaluations.models.findings import Finding
from evaluations.models.generations import Generation, GenerationRun
from evaluations.models.heartbeats import Heartbeat
from evaluations.models.imports import Import, ImportFault
from evaluations.models.items import Item, KnownAnswer, Slot
from evaluations.models.language_models import LanguageModel
from evaluations.models.leaderboards import Leaderboard
from evaluations.models.ledger import LedgerEntry
from evaluations.models.memberships import Membership
from evaluations.models.prompts import Prompt, PromptSet
from evaluations.models.providers import Provider
from evaluations.models.raters import Consent, Rater, RaterIdentity
from evaluations.models.reminders import Reminder
from evaluations.models.responses import Response
from evaluations.models.snapshots import KeptAnalysis, Snapshot
from evaluations.models.studies import Amendment, Entry, Study, StudyText
from evaluations.models.styles import ResponseStyle
from evaluations.models.throttles import RequestCount
from evaluations.models.votes import NamesShown, Outcome, Vote, VoteEnding
from evaluations.models.withdrawals import Withdrawal

__all__ = [
    "Admission",
    "Amendment",
    "AuditEvent",
    "Battle",
    "Claim",
    "ComprehensionAttempt",
    "Consent",
    "Entry",
    "Finding",
    "Generation",
    "GenerationRun",
    "Heartbeat",
    "Import",
    "ImportFault",
    "Invitation",
    "Item",
    "KeptAnalysis",
    "KnownAnswer",
    "LanguageModel",
    "Leaderboard",
    "LedgerEntry",
    "Membership",
    "NamesShown",
    "Outcome",
    "Panel",
    "Prompt",
    "PromptSet",
    "Provider",
    "Rater",
    "RaterDecision",
    "RaterIdentity",
    "Reminder",
    "RequestCount",
    "Response",
    "ResponseStyle",
    "Skip",
    "Slot",
    "Snapshot",
    "Study",
    "StudyText",
    "Vote",
    "VoteEnding",
    "Withdrawal",
]
