"""Elo ratings, for those who ask: a running average that depends on the order in which votes are read.

Elo (1978); Boubdir et al. (2023) for what the order does to it, hence many orderings and their spread.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from evaluations.errors import BadVotes, UnsupportedParameter
from evaluations.ranking.compiling import compiled
from evaluations.ranking.scales import PER_LOGIT

Floats: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint64]
Codes: TypeAlias = NDArray[np.integer[Any]]

POINTS: Final = 4.0  # the most that one vote moves a rating: small, as these models do not change while rated
MOST_POINTS: Final = 400.0
LARGEST: Final = 10**10  # votes times orderings: one to two minutes on two cores, the longest for many votes
FEWEST_ORDERINGS: Final = 100
MOST_ORDERINGS: Final = 10**5
THREADS: Final = 2  # each holds a shuffled copy of the votes, 8 bytes a vote

# A vote in one word: 31 bits of a, 31 of b, 2 of twice the result. numba makes a double of a uint64 and a plain
# number, so that the constants beside words are words too.
_A, _B, _TWO = np.uint64(33), np.uint64(2), np.uint64(3)
_CODE = np.uint64(2**31 - 1)
_ONE, _17, _19, _23, _32, _41, _45 = (np.uint64(number) for number in (1, 17, 19, 23, 32, 41, 45))
_LOW = np.uint64(2**32 - 1)
_RANGE = np.uint64(2**32)


def elo_strengths(
    *,
    a: Codes,
    b: Codes,
    result: NDArray[np.floating[Any]],
    models: int,
    orderings: int,
    generator: np.random.Generator,
    k: float = POINTS,
    threads: int = THREADS,
) -> Floats:
    """(orderings, models) final ratings as log-odds around the start, one row for each random order of the votes.

    R_a += k (y − σ((R_a − R_b) ln 10 / 400)), and R_b the opposite, from R = 1000, vote after vote; a strength is
    (R − 1000) ln 10 / 400, and 0 for a model without votes. Every order is as likely as any other.

    a, b: (N,) codes of the two models, below models. result: (N,) y, 1 where a won, 0 where b won, ½ for a tie.
    k: the K factor, in points: the most that one vote moves a rating. generator: gives each ordering 256 bits of
    its own, so that an ordering is the same whatever the number of threads, and whatever orderings follow it.
    Memory: 8 (1 + threads) bytes a vote, besides the arguments.

    Raises UnsupportedParameter (orderings not from 100 to 10⁵, votes times orderings beyond 10¹⁰, k not in (0, 400],
    threads below 1), BadVotes (lengths, types, codes, a model against itself, results).
    """
    _check_parameters(votes=len(a), orderings=orderings, k=k, threads=threads)
    _check_votes(a, b, result, models)
    packed = _pack_votes(a, b, result)
    step, strengths = k / PER_LOGIT, np.zeros((orderings, models))
    # One buffer a thread, made once: to touch new memory costs more than to shuffle in it.
    spare: SimpleQueue[Words] = SimpleQueue()
    for _ in range(threads):
        spare.put(np.empty_like(packed))

    def play(state: Words, strength: Floats) -> None:
        shuffled = spare.get()
        try:
            _shuffle(packed, state, shuffled)
            _update(shuffled, step, strength)
        finally:
            spare.put(shuffled)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        for _ in pool.map(play, _draw_states(orderings, generator), strengths):
            pass
    return strengths


def warm_kernels() -> None:
    """Compile the loops, or read them from numba's cache: half a second, or less than half of that.

    Call it when a process starts, before anyone waits for an answer of it.
    """
    vote, strength = np.zeros(1, dtype=np.uint64), np.zeros(1)
    _shuffle(vote, np.ones(4, dtype=np.uint64), np.empty_like(vote))
    _update(vote, 0.0, strength)


def _check_parameters(*, votes: int, orderings: int, k: float, threads: int) -> None:
    if not FEWEST_ORDERINGS <= orderings <= MOST_ORDERINGS or votes * orderings > LARGEST:
        raise UnsupportedParameter(
            f"Elo needs at least {FEWEST_ORDERINGS} orderings and at most {MOST_ORDERINGS:,}, and at most {LARGEST:,} "
            f"votes times orderings: this is {orderings:,} orderings of {votes:,} votes."
        )
    if not 0 < k <= MOST_POINTS:
        raise UnsupportedParameter(f"k is {k}; give points above 0 and not above {MOST_POINTS:g}.")
    if threads < 1:
        raise UnsupportedParameter(f"Elo cannot run on {threads} threads; give 1 or more.")


def _check_votes(a: Codes, b: Codes, result: NDArray[np.floating[Any]], models: int) -> None:
    if not a.shape == b.shape == result.shape == (len(a),):
        raise BadVotes(
            f"a, b and result are columns of one length; here they are {a.shape}, {b.shape} and {result.shape}."
        )
    for name, codes in (("a", a), ("b", b)):
        if not np.issubdtype(codes.dtype, np.integer):
            raise BadVotes(f"The column {name} holds whole numbers, not {codes.dtype}.")
        if codes.size and (codes.min() < 0 or codes.max() >= min(models, 2**31)):
            raise BadVotes(
                f"The codes in {name} go from {codes.min()} to {codes.max()}, and those of {models} models "
                f"from 0 to {models - 1}."
            )
    if (a == b).any():
        raise BadVotes(f"Vote {int((a == b).argmax()) + 1} sets a model against itself; leave it out.")
    if not ((result == 0) | (result == 0.5) | (result == 1)).all():
        raise BadVotes("A result is 1 where a won, 0 where b won, and 0.5 for a tie; nothing else.")


def _pack_votes(a: Codes, b: Codes, result: NDArray[np.floating[Any]]) -> Words:
    """(N,) each vote in one word."""
    packed = (2 * result).astype(np.uint64)
    for codes, place in ((a, _A), (b, _B)):
        word = codes.astype(np.uint64)
        word <<= place
        packed |= word
    return packed


def _draw_states(orderings: int, generator: np.random.Generator) -> Words:
    """(orderings, 4) the random state from which each ordering is shuffled."""
    return generator.integers(0, 2**64, size=(orderings, 4), dtype=np.uint64)


def _order(state: Words, size: int) -> NDArray[np.int64]:
    """(size,) the places of the votes in the order that a state gives: what `_shuffle` does, to be replayed."""
    shuffled = np.empty(size, dtype=np.uint64)
    _shuffle(np.arange(size, dtype=np.uint64), state, shuffled)
    return shuffled.astype(np.int64)


@compiled
def _shuffle(packed: Words, state: Words, shuffled: Words) -> None:
    """Fill shuffled (N,) with packed (N,), N < 2³², in a random order, each as likely as any other.

    Fisher & Yates from the inside out (Durstenfeld 1964; Knuth, The Art of Computer Programming 2, 3.4.2). Random
    words: xoshiro256++ (Blackman & Vigna 2021, ACM TOMS 47), begun from state (4,). Whole numbers below n, none
    likelier than another: high half of word × n, drawn again in the few cases that would favour some (Lemire 2019,
    ACM TOMACS 29).
    """
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    for i in range(len(packed)):
        n = np.uint64(i) + _ONE
        while True:
            total = s0 + s3
            word = ((total << _23) | (total >> _41)) + s0
            moved = s1 << _17
            s2 ^= s0
            s3 ^= s1
            s1 ^= s2
            s0 ^= s3
            s2 ^= moved
            s3 = (s3 << _45) | (s3 >> _19)
            product = (word >> _32) * n
            low = product & _LOW
            # The first comparison says yes almost always, and saves the division.
            if low >= n or low >= (_RANGE - n) % n:
                break
        j = product >> _32
        shuffled[i] = shuffled[j]
        shuffled[j] = packed[i]


@compiled
def _update(shuffled: Words, step: float, strength: Floats) -> None:
    """Move strength (K,) by the votes (N,), one after the other; step is k in log-odds."""
    for i in range(len(shuffled)):
        vote = shuffled[i]
        a, b = vote >> _A, (vote >> _B) & _CODE
        result = 0.5 * np.float64(vote & _TWO)
        change = step * (result - 1 / (1 + math.exp(strength[b] - strength[a])))
        strength[a] += change
        strength[b] -= change
