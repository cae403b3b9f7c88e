r"""LaTeX remnants of abstracts made readable: `50\%`, `56times`, `$O(n^2)$`, `\emph{this}`."""

from __future__ import annotations

import re

_SYMBOLS = {
    "times": "×", "approx": "≈", "sim": "~", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "pm": "±", "cdot": "·", "to": "→", "rightarrow": "→", "infty": "∞", "ell": "ℓ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Delta": "Δ", "Gamma": "Γ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ",
    "Phi": "Φ", "Omega": "Ω", "in": "∈", "ldots": "…", "dots": "…",
}  # fmt: skip
_COMMAND = re.compile(
    r"\\(?:emph|text|textbf|textit|texttt|textsc|textrm|mathrm|mathbf|mathcal|mathbb|mathit|tt|bf|it|em)"
    r"\s*\{([^{}]*)\}"
)
_SYMBOL = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])")
_ESCAPED = re.compile(r"\\([%&$#_{}~^])")
# Not money: "from $0.40 to $0.23" has no backslash and leaves a blank before its second dollar.
_MATH = re.compile(r"(?<!\\)\$\$?(?!\d[^$\\]*[\s(]\$)([^$]{1,200}?)\$\$?")
_GLUED_TIMES = re.compile(r"(?<=\d)times\b")
_QUOTES = re.compile(r"``([^'`]{0,300})''")
# One of these stands in whatever is changed here; most texts have none.
_SIGNS = ("\\", "$", "``", "{,}", "times")
_DEEPEST = 8  # commands within commands; nobody writes more, and each level is a pass


def readable(text: str) -> str:
    """The text as a person would write it, on one line; it never grows a meaning."""
    if not any(sign in text for sign in _SIGNS):
        return " ".join(text.split())
    text = _QUOTES.sub(r"“\1”", text.replace("{,}", ","))
    for _ in range(_DEEPEST):
        text = _COMMAND.sub(r"\1", text)
    text = _MATH.sub(r"\1", text)
    text = _SYMBOL.sub(_symbol, text)
    text = _ESCAPED.sub(r"\1", text)
    text = _GLUED_TIMES.sub("×", text)
    return " ".join(text.split())


def _symbol(match: re.Match[str]) -> str:
    return _SYMBOLS.get(match[1], match[0])
