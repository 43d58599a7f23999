"""Searches faiss' exact flat index on request. Vectors are little-endian float32 files, row-major.

Request: {"bank", "queries", "dimension", "k"} with paths; answer: {"distances", "seconds", "faiss"}.
"""

import time

import faiss
import numpy as np

from serve import serve

faiss.omp_set_num_threads(2)


def search(bank, queries, dimension, k):
    bank, queries = (np.fromfile(path, "<f4").reshape(-1, dimension) for path in (bank, queries))
    index = faiss.IndexFlatL2(dimension)
    index.add(bank)
    index.search(queries[:1], k)
    started = time.perf_counter()
    distances, _ = index.search(queries, k)
    seconds = time.perf_counter() - started
    return {"distances": distances[:, -1].tolist(), "seconds": seconds, "faiss": faiss.__version__}


serve(search)
