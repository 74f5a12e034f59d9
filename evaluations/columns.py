"""The ledger's votes as arrays, by position: memory-mapped files that are derived, disposable and checked.

One folder holds one file a column and `meta.json` (size, checksums, the leaf hash of the last entry). Entries that
are no votes, or are of a repeat or a check, take a row with outcome -1, so that a row's index is its position. A
decision about a rater has that rater, so that which votes count can be told from a prefix of the columns alone. A
refresh reads the ledger from the size on, plus the last row it had, to see that it is the same ledger; if not, all is
read again.
"""

import fcntl
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluations.column_rows import COLUMNS, DECISIONS, ORIGINS, OUTCOMES, build_arrays, read_entries
from evaluations.ranking import STYLE_FEATURES

LAYOUT = ",".join(COLUMNS)
CHUNK = 50_000
__all__ = ["COLUMNS", "DECISIONS", "ORIGINS", "OUTCOMES", "Columns", "map_columns", "refresh_columns"]

NOTHING: dict[str, Any] = {"layout": LAYOUT, "folder": "", "size": 0, "last_leaf": "", "checksums": {}}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Arrays of length `size`: study, prompt, left and right (ids of models), rater, outcome (0 left, 1 right,
    2 tie, 3 both bad, -1 no vote), origin (0 shown, 1 recorded, 2 simulated), probability (NaN: not drawn by us),
    decision (0 none, 1 the rater is excluded, 2 taken back in, 3 withdrew with the votes), and how each side's response
    is written (words, headings, bold spans, items of lists)."""

    size: int
    study: NDArray[np.int32]
    prompt: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    rater: NDArray[np.int64]
    outcome: NDArray[np.int8]
    origin: NDArray[np.int8]
    probability: NDArray[np.float64]
    decision: NDArray[np.int8]
    left_length: NDArray[np.int32]
    left_headings: NDArray[np.int32]
    left_bold: NDArray[np.int32]
    left_lists: NDArray[np.int32]
    right_length: NDArray[np.int32]
    right_headings: NDArray[np.int32]
    right_bold: NDArray[np.int32]
    right_lists: NDArray[np.int32]

    def read_style(self, side: str, *, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """(N, 4) counts of the responses shown on this side, "left" or "right", in the order of STYLE_FEATURES."""
        columns = [getattr(self, f"{side}_{feature}")[positions] for feature in STYLE_FEATURES]
        return np.stack(columns, axis=1).astype(np.int64)


def refresh_columns(*, root: Path) -> Columns:
    """Bring the columns up to the ledger's end and map them. Reads only what is new. Safe from many processes."""
    with _lock_folder(root=root):
        meta = _read_meta(root=root)
        if not _is_intact(root=root, meta=meta):
            meta = _start_anew(root=root)
        meta = _append_new_entries(root=root, meta=meta)
        return _map_columns(root=root, meta=meta)


def map_columns(*, root: Path, oldest: float) -> Columns:
    """The columns as they stand on disk, seconds old, without a query and without waiting.

    Where nobody has brought them up to date since `oldest` (a POSIX time), this call does.
    """
    meta = _read_meta(root=root)
    if not meta["folder"] or (root / "meta.json").stat().st_mtime < oldest:
        return refresh_columns(root=root)
    return _map_columns(root=root, meta=meta)


# What this process has already checksummed, by folder: a cache is verified once, then trusted while it grows.
_verified: set[str] = set()


def _append_new_entries(*, root: Path, meta: dict[str, Any]) -> dict[str, Any]:
    while True:
        entries = read_entries(start=max(meta["size"] - 1, 0), limit=CHUNK)
        if meta["size"]:
            first = next(entries, None)
            if first is None or bytes(first["leaf_hash"]).hex() != meta["last_leaf"]:
                # Another database, or one restored to an earlier day: what is on disk tells of another ledger.
                meta = _start_anew(root=root)
                continue
        rows = list(entries)
        if not rows:
            # Even with nothing new the file's time says that someone looked.
            os.utime(root / "meta.json")
            return meta
        meta = _append_rows(root=root, meta=meta, rows=rows)
        if len(rows) < CHUNK - 1:
            return meta


def _append_rows(*, root: Path, meta: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    folder = root / meta["folder"]
    checksums = dict(meta["checksums"])
    for name, array in build_arrays(rows=rows).items():
        data = array.tobytes()
        with (folder / name).open("r+b" if meta["size"] else "wb") as file:
            # A writer that was killed may have left rows that the meta file doesn't count: they are overwritten.
            file.seek(meta["size"] * array.dtype.itemsize)
            file.truncate()
            file.write(data)
        checksums[name] = zlib.crc32(data, checksums.get(name, 0))
    meta = {
        **meta,
        "size": meta["size"] + len(rows),
        "last_leaf": bytes(rows[-1]["leaf_hash"]).hex(),
        "checksums": checksums,
    }
    _write_meta(root=root, meta=meta)
    return meta


def _map_columns(*, root: Path, meta: dict[str, Any]) -> Columns:
    size = meta["size"]
    if not size:
        return Columns(size=0, **{name: np.empty(0, dtype=kind) for name, kind in COLUMNS.items()})
    folder = root / meta["folder"]
    arrays = {
        name: np.memmap(folder / name, dtype=kind, mode="r", shape=(size,)) for name, kind in COLUMNS.items()
    }
    return Columns(size=size, **arrays)


def _is_intact(*, root: Path, meta: dict[str, Any]) -> bool:
    """Whether the files hold what the meta file says; their bytes are read once a process."""
    folder = root / meta["folder"]
    if not meta["folder"] or not folder.is_dir():
        return False
    if meta["size"] == 0 or str(folder) in _verified:
        return all((folder / name).is_file() for name in COLUMNS) or meta["size"] == 0
    try:
        arrays = {name: getattr(_map_columns(root=root, meta=meta), name) for name in COLUMNS}
    except (OSError, ValueError):
        return False
    intact = all(zlib.crc32(arrays[name].data) == meta["checksums"].get(name) for name in COLUMNS)
    if intact:
        _verified.add(str(folder))
    return intact


def _start_anew(*, root: Path) -> dict[str, Any]:
    """An empty folder under a new name: who still maps the old files keeps them until it lets go."""
    for old in root.glob("generation-*"):
        shutil.rmtree(old)
    folder = f"generation-{secrets.token_hex(8)}"
    (root / folder).mkdir()
    meta = {**NOTHING, "folder": folder}
    _write_meta(root=root, meta=meta)
    return meta


def _read_meta(*, root: Path) -> dict[str, Any]:
    try:
        meta: dict[str, Any] = json.loads((root / "meta.json").read_text())
        # What an earlier version of the code wrote is made again, not guessed at.
        return meta if meta.keys() == NOTHING.keys() and meta["layout"] == LAYOUT else NOTHING
    except (FileNotFoundError, ValueError):
        return NOTHING


def _write_meta(*, root: Path, meta: dict[str, Any]) -> None:
    new = root / "meta.json.new"
    new.write_text(json.dumps(meta))
    new.replace(root / "meta.json")


@contextmanager
def _lock_folder(*, root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
