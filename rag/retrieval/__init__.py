"""Finding papers: dense and lexical search, fused, reranked by late interaction."""
