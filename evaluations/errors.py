# ruff: noqa: N818 - names that read as the sentence they carry; the base class says that they are errors
"""The exceptions of the house. A message is a sentence for the person who reads it; no HTTP codes here.

ArenaError
├── AccessError                   nobody is let in this way
├── AccountError                  an account or a role cannot be changed like this
├── ConfigurationError            the installation is set up in a way that cannot work
├── ExportError                   this cannot be exported
├── GenerationError               responses cannot be generated
│   └── ProviderError             a provider did not answer as it should
│       ├── ProviderBusy          it asks to come back later
│       ├── ProviderFailed        it failed, and may not the next time
│       └── ProviderRefused       it refuses, and will the next time too
├── IngestError                   an upload cannot be taken
│   └── ImportDone                it was taken already, and stays as it is
├── LedgerError                   the ledger is not what it must be
├── RankingError                  votes cannot be turned into a ranking
│   ├── BadVotes                  the arrays do not describe votes
│   │   └── UnknownOutcome        an outcome is not one of the four
│   ├── NoEligiblePair            no pair of models may be drawn for a battle
│   ├── NothingToRank             no two models are tied together by votes
│   ├── NotConverged              the fit did not reach its answer
│   └── UnsupportedParameter      a parameter has a value that is not offered
├── SnapshotError                 a ranking cannot be published, or a published one is not what it says
│   ├── BundleUnreadable          a file is no bundle of a snapshot, or a broken one
│   ├── NotPublished              what was asked for is not public, or not yet
│   └── UnknownAnalysis           the votes are not ranked in this way
├── StudyError                    the study does not allow this
│   ├── ComprehensionMissing      it asks about its instructions first, and this rater has not passed
│   ├── DecisionRefused           about this rater nothing of the kind can be decided now
│   ├── StudyNotOpen              it takes no votes now
│   └── ProtocolFrozen            it was opened, and opening froze its protocol
├── TooManyRequests               one caller asks more often than anyone may
└── VotingError                   a vote cannot be taken
    ├── BattleExpired             its lease ran out before the vote came
    ├── BattleForeign             it was shown to another rater
    ├── BattleUnknown             there is no such battle
    ├── OutcomeUnknown            the answer is not one of those offered
    ├── RevisionStale             a newer vote is already there
    ├── UndoRefused               the vote can no longer be taken back
    └── VoteClosed                the battle takes no more votes
"""


class ArenaError(Exception):
    """The root: catching it catches everything that the house raises on purpose."""


class AccessError(ArenaError):
    """Nobody is let in this way: a link that is used up, an id that is missing."""


class AccountError(ArenaError):
    """An account or a role cannot be changed like this: the last owner, a name that is taken."""


class ConfigurationError(ArenaError):
    """The installation is set up in a way that cannot work."""


class IngestError(ArenaError):
    """An upload cannot be taken."""


class ImportDone(IngestError):
    """It was taken already, or is being taken: what it makes stays as it is."""


class ExportError(ArenaError):
    """This cannot be exported."""


class GenerationError(ArenaError):
    """Responses cannot be generated."""


class ProviderError(GenerationError):
    """A provider did not answer as it should. The message names no key and no address.

    `code` names the sentence, `said` is what the provider says, cleaned; `billed`: it may charge for it all the same.
    """

    def __init__(self, message: str, *, code: str = "", said: str = "", billed: bool = False) -> None:
        super().__init__(message)
        self.code, self.said, self.billed = code, said, billed


class ProviderBusy(ProviderError):
    """It asks to come back later: too many requests, or overloaded. `retry_after` is in seconds, if it said so."""

    def __init__(self, message: str, *, retry_after: float | None = None, code: str = "busy") -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class ProviderFailed(ProviderError):
    """It failed, timed out or answered by half; the next attempt may succeed."""


class ProviderRefused(ProviderError):
    """It refuses the request as it is: a wrong key, an unknown model; trying again changes nothing."""


class LedgerError(ArenaError):
    """The ledger is not what it must be."""


class SnapshotError(ArenaError):
    """A ranking cannot be published, or a published one is not what it says."""


class BundleUnreadable(SnapshotError):
    """A file is no bundle of a snapshot, or a broken one: nothing in it can be checked."""


class NotPublished(SnapshotError):
    """What was asked for is not public, or not yet; the sentence says from when on it is."""


class UnknownAnalysis(SnapshotError):
    """The votes are not ranked in this way: no such category, no such method."""


class RankingError(ArenaError):
    """Votes cannot be turned into a ranking."""


class BadVotes(RankingError):
    """The arrays do not describe votes: lengths, types, a model against itself."""


class UnknownOutcome(BadVotes):
    """An outcome is not one of a, b, tie, both_bad; it is never read as a tie."""


class NoEligiblePair(RankingError):
    """No pair of models may be drawn for a battle."""


class NothingToRank(RankingError):
    """No two models are tied together by votes, so that no strength can be estimated."""


class NotConverged(RankingError):
    """The fit did not reach its answer; an unfinished number is never returned."""


class UnsupportedParameter(RankingError):
    """A parameter has a value that is not offered; it is never ignored."""


class StudyError(ArenaError):
    """The study does not allow this."""


class ComprehensionMissing(StudyError):
    """The study asks about its instructions before the first battle, and this rater has not passed."""


class DecisionRefused(StudyError):
    """About this rater nothing of the kind can be decided now: somebody decided meanwhile, or it lacks a reason."""


class StudyNotOpen(StudyError):
    """The study takes no votes now."""


class ProtocolFrozen(StudyError):
    """The study was opened, and opening froze its protocol."""


class TooManyRequests(ArenaError):
    """One caller asks more often than anyone may. `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VotingError(ArenaError):
    """A vote cannot be taken."""


class BattleUnknown(VotingError):
    """There is no such battle."""


class BattleForeign(VotingError):
    """The battle was shown to another rater."""


class BattleExpired(VotingError):
    """The battle's lease ran out before the vote came."""


class OutcomeUnknown(VotingError):
    """The answer is not one of those offered."""


class RevisionStale(VotingError):
    """A newer vote on this battle is already there."""


class UndoRefused(VotingError):
    """The vote can no longer be taken back."""


class VoteClosed(VotingError):
    """The battle takes no more votes."""
