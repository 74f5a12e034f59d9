"""The scale of scores: 1000 points + 400 / ln 10 for each unit of log-odds, as Elo's."""

from __future__ import annotations

from math import log
from typing import Final

CENTRE: Final = 1000.0  # the score of strength 0: the mean of the models ranked, or the anchor
PER_LOGIT: Final = 400 / log(10)  # points in one unit of log-odds
