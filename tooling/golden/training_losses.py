"""The losses of training, term by term from their papers' formulas; autograd differentiates them.

A batch has view 1 of all images, then view 2 of all; labels are one an image.
"""
import torch
from torch.nn import functional


def carried(loss, classes):
    """What a loss takes along from step to step, by its name in the state dict."""
    if loss["name"] != "cider":
        return {}
    return {"cider.prototypes": functional.normalize(torch.randn(classes, loss["projection"]).double(), dim=1).float()}


def compute(loss, network, outputs, labels, state):
    """The loss, and what it takes along to the next step."""
    labels = labels.repeat(loss["views"])
    if loss["name"] == "ce":
        return functional.cross_entropy(outputs["logits"], labels, label_smoothing=loss["labelSmoothing"]), state
    vectors = network.project(outputs["embedding"])
    if loss["name"] == "supcon":
        return sup_con(vectors, labels, loss), state
    value, prototypes = cider(vectors, labels, state["cider.prototypes"].double(), loss)
    return value, {"cider.prototypes": prototypes}


def sup_con(vectors, labels, loss):
    """Khosla et al. 2020, equation 2."""
    total = 0
    for i in range(len(vectors)):
        similarities = vectors @ vectors[i] / loss["temperature"]
        others = [a for a in range(len(vectors)) if a != i]
        normalizer = torch.logsumexp(similarities[others], 0)
        total = total - torch.stack([similarities[p] - normalizer for p in others if labels[p] == labels[i]]).mean()
    return loss["temperature"] / loss["baseTemperature"] * total / len(vectors)


def cider(vectors, labels, prototypes, loss):
    """Ming et al. 2023."""
    keep, temperature = loss["prototypeMomentum"], loss["temperature"]
    moved = list(prototypes)
    for vector, label in zip(vectors, labels.tolist()):
        moved[label] = functional.normalize(keep * moved[label] + (1 - keep) * vector, dim=0)
    moved = torch.stack(moved)
    constants = moved.detach()
    compactness = functional.cross_entropy(vectors @ constants.T / temperature, labels)
    similarities = moved @ moved.T / temperature
    others = [[j for j in range(len(moved)) if j != c] for c in range(len(moved))]
    dispersion = torch.stack([similarities[c, js].exp().mean().log() for c, js in enumerate(others)]).mean()
    return loss["compactness"] * compactness + dispersion, constants
