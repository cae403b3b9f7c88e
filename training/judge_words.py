"""The words that rule-made cases turn on: opposites, verbs, openings and other ways to say it."""

from __future__ import annotations

import re

# Each word may be turned into any that it is paired with, in either direction.
_OPPOSITES = """
reduce/increase reduces/increases reduced/increased reducing/increasing reduction/increase
decrease/increase decreases/increases decreased/increased decreasing/increasing
lowers/raises lowering/raising lowered/raised raise/reduce rises/falls rising/falling
improve/degrade improves/degrades improved/degraded improving/degrading improvement/decline
improvements/declines enhance/weaken enhances/weakens enhanced/weakened enhancing/weakening
strengthen/weaken strengthens/weakens boost/hurt boosts/hurts boosting/hurting boosted/hurt
outperform/underperform outperforms/underperforms outperformed/underperformed
outperforming/underperforming surpass/trail surpasses/trails surpassed/trailed surpassing/trailing
exceed/miss exceeds/misses beats/loses gain/loss gains/losses speedup/slowdown speedups/slowdowns
accelerate/slow accelerates/slows accelerating/slowing accelerated/slowed
faster/slower better/worse best/worst higher/lower larger/smaller greater/smaller bigger/smaller
more/less more/fewer stronger/weaker longer/shorter cheaper/costlier easier/harder earlier/later
deeper/shallower simpler/harder closer/further
high/low large/small strong/weak fast/slow long/short early/late easy/hard cheap/expensive
strongly/weakly highly/hardly significantly/barely substantially/barely greatly/hardly
consistently/rarely often/rarely frequently/seldom always/never quickly/slowly
positive/negative positively/negatively superior/inferior similar/different sparse/dense
supervised/unsupervised linear/nonlinear online/offline global/local static/dynamic
discrete/continuous frozen/trainable lossless/lossy deterministic/random public/private
effective/ineffective efficient/inefficient effectively/poorly efficiently/inefficiently
robust/fragile stable/unstable reliable/unreliable consistent/inconsistent accurate/inaccurate
sufficient/insufficient necessary/unnecessary possible/impossible complete/incomplete
dependent/independent significant/negligible substantial/negligible important/irrelevant
with/without before/after above/below includes/excludes including/excluding
adds/removes adding/removing added/removed maximize/minimize maximizes/minimizes
maximizing/minimizing succeed/fail succeeds/fails success/failure supports/contradicts
confirms/refutes prevents/causes preventing/causing prevent/cause avoids/causes avoiding/causing
preserves/destroys preserving/destroying preserve/destroy retains/loses retaining/losing
enables/prevents enabling/preventing enable/prevent allows/forbids allowing/forbidding
mitigates/worsens mitigating/worsening mitigate/worsen alleviates/aggravates saves/wastes
""".split()

# Their third person is the same with an s.
NEGATED_VERBS = """
achieve allow benefit depend enable exceed generalize generate handle improve include learn maintain
need outperform preserve produce provide reduce rely remain require retain show support surpass
transfer use yield
""".split()

# What a sentence opens with and can lose: words before a comma, and the announcing of a finding.
_BEFORE_COMMA = (
    "however|moreover|furthermore|additionally|in addition|specifically|in particular|to this end|"
    "finally|notably|here|thus|therefore|consequently|besides|meanwhile|overall|"
    "in this (?:paper|work|study)|"
    "to (?:address|tackle|solve) (?:this|these) (?:issue|problem|challenge|gap|limitation)s?"
)
_ANNOUNCING = (
    "(?:extensive |comprehensive |our )?experiments (?:show|demonstrate|reveal) that|"
    "(?:our |the )?(?:experimental )?results (?:show|demonstrate|reveal) that|"
    "we (?:show|find|demonstrate|observe) that"
)
OPENING = re.compile(rf"^(?:(?:{_BEFORE_COMMA}),|(?:{_ANNOUNCING}),?)\s+", re.IGNORECASE)

# Pattern, and what may stand in its place: the same in other words, numbers kept.
PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"\bwe (propose|introduce|present|develop|describe|report|show|find)\b",
        (r"the paper \1s", r"this work \1s", r"the authors \1", r"they \1"),
    ),
    (r"\bwe (?:observe|demonstrate)\b", ("the authors find", "they show", "the study shows")),
    (r"\bwe\b", ("they", "the authors")),
    (
        r"\bour (method|approach|model|framework|system|algorithm)\b",
        (r"the \1", r"the proposed \1", r"their \1"),
    ),
    (r"\bour\b", ("their", "the")),
    (r"(?<=\d)\s?\\?%", (" percent", " per cent", "%")),
    (r"(?<=\d) per ?cent\b", ("%",)),
    (r"(?<=\d)\s?(?:x\b|×)(?!\s?\d)", (" times", "-fold")),
    (r"(?<=\d) times\b", ("x", "×")),
    (r"\bup to (?=\d)", ("as much as ", "at most ")),
    (r"\bcompared (?:to|with)\b", ("relative to", "against")),
    (r"\bin order to\b", ("to",)),
    (r"\butiliz(e|es|ing)\b", (r"us\1",)),
    (r"\bapproximately\b", ("about", "around", "roughly")),
    (r"\b(?:substantially|significantly)\b", ("clearly", "considerably", "markedly")),
    (r"\bachieves\b", ("reaches", "obtains")),
    (r"\bstate-of-the-art\b", ("SOTA", "leading")),
    (r"\blarge language models\b(?! \()", ("LLMs",)),
    (r"\blarge language model\b(?! \()", ("LLM",)),
    (r"\bLLMs\b(?!\))", ("large language models",)),
    (r"\bneural networks\b", ("neural nets",)),
    (r"\b(?:various|diverse)\b", ("several", "different")),
    (r"\bfurthermore\b|\bmoreover\b", ("also", "besides")),
    (r"\bdemonstrate\b", ("show",)),
    (r"\bhowever\b", ("yet", "but")),
    (r"\bemploys\b", ("uses", "relies on")),
)


def _both_ways(pairs: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one, other in (pair.split("/") for pair in pairs):
        found[one] = (*found.get(one, ()), other)
        found[other] = (*found.get(other, ()), one)
    return found


OPPOSITES = _both_ways(_OPPOSITES)
