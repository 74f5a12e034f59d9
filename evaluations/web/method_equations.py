"""The equations of the method, in TeX, by the part of the page that they stand in."""

from collections.abc import Mapping, Sequence
from typing import Final

EQUATIONS: Final[Mapping[str, Sequence[str]]] = {
    "score": [
        r"P(i \succ j) = \frac{1}{1 + e^{-(\theta_i - \theta_j)}}",
        r"\max_{\theta} \sum_{i \ne j} w_{ij} \log P(i \succ j), \qquad \sum_i \theta_i = 0",
        r"S_i = 1000 + \frac{400}{\ln 10} \theta_i",
    ],
    "interval": [
        r"C = H^{-1} B H^{-1}, \qquad B = \frac{R}{R - 1} \sum_{r=1}^{R} g_r g_r^{\top}",
        r"\theta_i \pm q \sqrt{C_{ii}}",
    ],
    "ranks": [
        r"r^{-}_i = 1 + \#\{j : \theta_j - \theta_i > c\, s_{ij}\}, \qquad "
        r"r^{+}_i = K - \#\{j : \theta_i - \theta_j > c\, s_{ij}\}",
    ],
    "ties": [
        r"P(a \succ b) : P(b \succ a) : P(a \sim b) = e^{\eta/2} : e^{-\eta/2} : \nu, \qquad \eta = \theta_a - \theta_b"
    ],
    "style": [
        r"\eta = \theta_a - \theta_b + \beta^{\top} z, \qquad "
        r"x = \frac{n_a - n_b}{n_a + n_b}, \quad z = \frac{x}{\sqrt{\overline{x^2}}}"
    ],
    "elo": [r"R_a \leftarrow R_a + k \left( y - \frac{1}{1 + 10^{(R_b - R_a)/400}} \right)"],
    "claims": [
        r"s = \frac{1}{1 + 10^{-d/400}}, \qquad e > s, \qquad "
        r"e > 1 - s, \qquad 1 - s < e < s",
        r"K^{+}_t(m) = \frac{1}{9} \sum_{j=0}^{8} \prod_{i \le t} "
        r"\left( 1 + \frac{f_j}{m} (x_i - m) \right), \qquad f_j = \frac{3}{4} \cdot 2^{-j}",
        r"C_t = \left\{ m : \max(K^{+}_t(m), K^{-}_t(m)) < \frac{2}{\alpha} \right\}",
    ],
}
