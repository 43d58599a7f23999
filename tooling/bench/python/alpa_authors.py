"""ALPA as its authors formulate it: both images of every pair are projected, each is aligned to the other by softmax attention,
and the cosines of both directions are averaged over positions. Tensors of pairs with the dimension of the values are written out.
"""

import math

import torch

INVERSE_TEMPERATURE = 10


def project(positions, weights):
    return [torch.relu(positions @ weights[f"{role}.w1"]) @ weights[f"{role}.w2"] for role in ("query", "key", "value")]


def align(asking, answering, values):
    """What the positions of `values` say to those that ask, [N, N, R, e]."""
    attention = torch.softmax(asking @ answering.transpose(-1, -2) / math.sqrt(asking.shape[-1]), dim=-1)
    return attention @ values


def similarity(positions, weights):
    query_i, key_i, value_i = (tensor[:, None] for tensor in project(positions, weights))
    query_j, key_j, value_j = (tensor[None, :] for tensor in project(positions, weights))
    to_i = torch.cosine_similarity(value_i, align(query_i, key_j, value_j), dim=-1)
    to_j = torch.cosine_similarity(value_j, align(query_j, key_i, value_i), dim=-1)
    return (to_i + to_j).mean(-1)


def contrast(similarities, labels):
    others = ~torch.eye(len(labels), dtype=torch.bool)
    positives = (labels[:, None] == labels[None, :]) & others
    logits = INVERSE_TEMPERATURE * similarities
    log_probabilities = logits - logits.masked_fill(~others, -math.inf).logsumexp(1, keepdim=True)
    return -((log_probabilities * positives).sum(1) / positives.sum(1).clamp_min(1)).mean()
