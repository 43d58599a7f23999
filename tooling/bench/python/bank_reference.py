"""Searches faiss' exact flat index on request. Vectors are little-endian float32 files, row-major.

Request: {"bank", "queries", "rows", "dimension", "k"} with paths, the first `rows` of the queries; answer: {"distances",
"seconds", "peakMebibytes", "faiss"}. The index of the last bank is kept.
"""

import resource
import time

import faiss
import numpy as np

from serve import serve

faiss.omp_set_num_threads(2)


indexes = {}


def open_index(path, dimension):
    if path not in indexes:
        indexes.clear()
        index = faiss.IndexFlatL2(dimension)
        index.add(np.fromfile(path, "<f4").reshape(-1, dimension))
        index.search(np.zeros((1, dimension), "f4"), 1)
        indexes[path] = index
    return indexes[path]


def search(bank, queries, rows, dimension, k):
    index = open_index(bank, dimension)
    queries = np.fromfile(queries, "<f4", rows * dimension).reshape(-1, dimension)
    started = time.perf_counter()
    distances, _ = index.search(queries, k)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"distances": distances[:, -1].tolist(), "seconds": seconds, "peakMebibytes": peak, "faiss": faiss.__version__}


serve(search)
