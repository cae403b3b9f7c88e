"""Words of a question that tell its subject from those that any question about papers has."""

from __future__ import annotations

import re

from rag.language.words import FUNCTION_WORDS, keywords, names, words

# What one asks of any paper: said of no subject in particular, it is said of the one before.
_COMMON = frozenset(
    """
    ablation able above accuracy achieve achieved actually advantage advantages affect ahead
    algorithm algorithms amount apply architecture away back backbone bad baseline baselines
    batch beat beats behind benchmark benchmarks best better big bigger biggest bound bounds
    bring case cheaper claim claimed code come comes comparable compare compared comparing
    complexity compute computing cons contribution cost costs data dataset datasets deep default
    defaults depend design detail details develop developed differ difference different
    disadvantage downside drawback drawbacks easier easy effect effective efficient eight else
    energy enough equally error errors evaluate evaluated evaluation exact exactly example
    examples expensive experiment experiments factor far fast faster fastest figure figures
    finding findings fine-tuning first fit five four gain gains general gets given go going good
    got gpu gpus great handle handled happen happening happens hard hardware help helpful helps
    high higher hours idea impact important improve improved improvement improvements include
    included includes inference input inspired instead intuition involved job keep keeps kept
    key kind kinds large larger largest last latency latest layer layers lead leads learn
    learned learning length licence license limit limitation limitations limits little long
    longer lose losing loss lot low lower main manage matter maximum mean means measure measured
    median memory metric metrics min minimum model models motivation near necessary network
    networks new newer nine number numbers old older online only open original output overhead
    param parameter parameters part perform performance performs point points pre-training
    pretraining price problem problems pros purpose quality quick quicker reach reached reaching
    really reason released relevant replace replaced replaces require required requires result
    results run runs same sample samples save saved scale score scores second seeds setting
    settings setup seven show shown similar simple six size sizes slow slower small smaller
    smallest solution solve solved source speed speed-up speedup speedups state step steps still
    strength strengths support supported surprising system systems take takes task tasks ten
    test tested tests theorem theory third three throughput time times tokens total train
    trained training trick tried try tuning two type types usual usually value values version
    versions weak weakness weaknesses well work worked works world worse worst year years yield
    """.split()
)
# Measures, data, machines and number formats: a question that names one may still lack a subject.
_COMMON_NAME = re.compile(
    r"""\d.* | (?:LLM|VLM|MLLM|GPU|TPU|CPU|FLOP|FLOPS|API|DNN|CNN|RNN)s? | AI | ML | NLP | CV | RL
      | [AHVBPL]\d{1,3}s? | RTX.* | TPU.* | (?:FP|BF|INT|TF|UINT)\d+ | W\d+A\d+ | SOTA | SoTA | OOM
      | FID | BLEU | ROUGE.* | mAP | MRR.* | nDCG.* | NDCG.* | AUC | PSNR | SSIM | WER | F1 | IoU
      | (?i:ImageNet).* | CIFAR.* | MNIST | GLUE | SuperGLUE | (?i:SQuAD).* | COCO | GSM8K | MMLU.*
      | MATH.* | LibriSpeech | WMT.* | AIME.* | HumanEval | MT-Bench | AlpacaEval.*
      | (?i:WikiText).* | KL | SGD | MSE | L[012] | GEMMs? | [KMGT]B | SVD | PCA | OCR | QA
      | VQA | KV | PTQ | QAT | V\d | TOP\d | PHASE\d | STAGE\d | VOC | LAMBADA | CASP\d+ | UCF.*
      | MSCOCO | LSUN | CelebA.* | ARC.* | HellaSwag | PDF | USD
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"\b[a-z]{2,}\d\w*")  # wav2vec, nf4
_CAPITAL = re.compile(r"[^\W\da-z_][\w\-]*[a-z][\w\-]*")
_INNER = re.compile(r"(?<=[\w,;)] )[^\W\d_][\w\-]*")


def subject_words(text: str) -> list[str]:
    """Words that say what the text is about; names of measures and data sets are none."""
    return [word for word in words(keywords(text)) if _says_something(word)]


def own_names(text: str) -> list[str]:
    """Names that a paper or a method may have, not those of measures, data or machines."""
    found = dict.fromkeys([*names(text), *_NUMBERED.findall(text)])
    kept = [name for name in found if not _is_common(name)]
    return sorted(kept, key=text.find)


def capitals(text: str) -> list[str]:
    """Words with a capital where no sentence begins, which names() does not know: Whisper."""
    inner = _INNER.findall(text)
    return [word for word in inner if _CAPITAL.fullmatch(word) and _says_something(word)]


def _says_something(word: str) -> bool:
    low = word.lower().replace("’", "'").partition("'")[0]
    return not (low in _COMMON or low in FUNCTION_WORDS or low.isdigit() or _is_common(word))


def _is_common(name: str) -> bool:
    has_digit = any(letter.isdigit() for letter in name)
    return bool(_COMMON_NAME.fullmatch(name.upper() if has_digit else name))
