"""Imports: files come in, are checked whole, then imported or refused. Nothing is ever half stored.

received ─► checking ─► checked ─► importing ─► imported
                └─► refused   (a decision on each answer that names its author comes before importing)

Each arrow may be taken by any worker, twice, or be cut short: what an import is now is in its row, never in a queue.
"""

from evaluations.imports.arrivals import (
    LONGEST_SLUG,
    MOST_FILES,
    find_imported,
    receive_files,
    take_prompts,
    take_votes,
)
from evaluations.imports.checks import MOST_FAULTS, check_import
from evaluations.imports.leases import SILENCE
from evaluations.imports.mappings import FileColumns, can_map, list_file_columns, map_columns
from evaluations.imports.stores import confirm_import, request_import, store_import
from evaluations.imports.sweeps import discard_import, list_waiting, request_check, sweep_files

__all__ = [
    "LONGEST_SLUG",
    "MOST_FAULTS",
    "MOST_FILES",
    "SILENCE",
    "FileColumns",
    "can_map",
    "check_import",
    "confirm_import",
    "discard_import",
    "find_imported",
    "list_file_columns",
    "list_waiting",
    "map_columns",
    "receive_files",
    "request_check",
    "request_import",
    "store_import",
    "sweep_files",
    "take_prompts",
    "take_votes",
]
