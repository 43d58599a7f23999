"""Times scikit-learn's metrics on request. Scores are little-endian float64 files.

Request: {"metric", "id", "ood"} with "id" and "ood" paths; answer: {"value", "seconds", "sklearn"}.
"""

import time
from functools import cache

import numpy as np
import sklearn
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from serve import serve


def aupr(labels, scores):
    precision, recall, _ = precision_recall_curve(labels, scores)
    return auc(recall, precision)


def fpr95(labels, scores):
    fpr, tpr, _ = roc_curve(labels, scores)
    return fpr[np.searchsorted(tpr, 0.95)]


METRICS = {"auroc": roc_auc_score, "aupr": aupr, "auprStep": average_precision_score, "fprAtTpr": fpr95}

read = cache(lambda path: np.fromfile(path, "<f8"))


def measure(metric, id, ood):
    id_scores, ood_scores = read(id), read(ood)
    started = time.perf_counter()
    labels = np.concatenate([np.ones(len(id_scores)), np.zeros(len(ood_scores))])
    value = METRICS[metric](labels, np.concatenate([id_scores, ood_scores]))
    return {"value": float(value), "seconds": time.perf_counter() - started, "sklearn": sklearn.__version__}


serve(measure)
