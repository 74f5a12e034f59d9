"""Rankings at once in threads, and in processes forked after one; nothing of it stays behind."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_info

from evaluations.ranking import Ranking, rank
from evaluations.ranking.fits.threads import map_parts, one_blas_thread
from tests.ranking import reference


def count_blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_threads_are_as_before_whoever_leaves_last():
    before = count_blas_threads()
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    within = count_blas_threads()
    second.__exit__(None, None, None)
    assert within == [1] * len(before)
    assert count_blas_threads() == before


def test_rankings_at_once_are_rankings_one_after_the_other():
    votes = [reference.draw_votes(seed=seed, theta=[0.4, 0, -0.4], votes=900, raters=30) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(rank, votes))
    for one, given in zip(together, votes, strict=True):
        alone = rank(given)
        assert one.lower.tobytes() == alone.lower.tobytes()
        assert one.rank_high.tobytes() == alone.rank_high.tobytes()


def rank_in_child(queue):
    queue.put(rank(reference.draw_votes(seed=3, theta=[0.4, 0, -0.4], votes=900, raters=30)).lower.tobytes())


def test_a_forked_process_ranks_as_its_parent_does():
    """As a worker of Celery's pool does, which warmed the loops before it forked."""
    mine = rank(reference.draw_votes(seed=3, theta=[0.4, 0, -0.4], votes=900, raters=30)).lower.tobytes()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    with one_blas_thread():  # forked in the middle of a ranking
        child = context.Process(target=rank_in_child, args=(queue,))
        child.start()
    assert queue.get(timeout=60) == mine
    child.join(timeout=60)
    assert child.exitcode == 0


def test_parts_cover_all_and_come_in_order():
    for size in (0, 1, 7, 40_000, 100_003):
        parts = map_parts(lambda start, stop: np.arange(start, stop), size=size)
        assert np.concatenate(parts).tolist() == list(range(size))


def test_a_ranking_tells_of_itself_in_a_few_lines():
    ranking = rank(reference.draw_votes(seed=4, theta=np.linspace(1, -1, 12), votes=3000), cluster=None)
    assert isinstance(ranking, Ranking)
    lines = repr(ranking).splitlines()
    assert lines[0] == "Ranking of 12 models by 3,000 votes, 0 not placed"
    assert lines[1].startswith("1–")
    assert ranking.models[0] in lines[1]
    assert lines[-1] == "… and 2 more"
