"""A paper as a document of the lexical index: its words, and its names in their keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from itertools import chain

import tantivy

from rag.language.introduced import names_of
from rag.language.name_key import name_key
from rag.store.fields import NAME_FIELDS, SPELT
from rag.types import Paper

LONGEST_TERM = 40


def schema() -> tantivy.Schema:
    """The fields of the index; an index with other fields has to be built again."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="stemming", index_option="freq")
    builder.add_text_field("abstract", tokenizer_name="stemming", index_option="freq")
    builder.add_text_field("names", tokenizer_name="plain", index_option="freq")
    for field in NAME_FIELDS:
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(SPELT, stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(paper: Paper, analyse: Callable[[str], str]) -> tantivy.Document:
    """`analyse` is what texts pass through before they are cut into words."""
    filled = tantivy.Document()
    filled.add_text("id", paper.id)
    filled.add_text("title", analyse(paper.title))
    filled.add_text("abstract", analyse(paper.abstract))
    for name in (*paper.authors, paper.organization or ""):
        filled.add_text("names", name)
    *telling, used = astuple(names_of(paper.title, paper.abstract))
    for field, spellings in zip(NAME_FIELDS, (*telling, used), strict=True):
        for name in spellings:
            filled.add_text(field, name_key(name))
    for name in chain.from_iterable(telling):
        filled.add_text(SPELT, name)
    return filled


def stemming() -> tantivy.TextAnalyzer:
    """Cuts English text into stems."""
    return _words().filter(tantivy.Filter.stemmer("english")).build()


def plain() -> tantivy.TextAnalyzer:
    """Cuts text into words."""
    return _words().build()


def _words() -> tantivy.TextAnalyzerBuilder:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
