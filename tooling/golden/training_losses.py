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
    name, _, joint = loss["name"].partition("+")
    value = 0
    if name == "ce":
        value = functional.cross_entropy(outputs["logits"], labels, label_smoothing=loss["labelSmoothing"])
    elif name == "supcon":
        value = sup_con(network.project(outputs["embedding"]), labels, loss)
    elif name == "cider":
        vectors = network.project(outputs["embedding"])
        value, prototypes = cider(vectors, labels, state["cider.prototypes"].double(), loss)
        state = {"cider.prototypes": prototypes}
    if "alpa" in (name, joint):
        value = value + loss.get("alpaWeight", 1) * alpa(outputs["map"], labels, network.alpa, loss["alpa"])
    return value, state


def contrast(similarities, labels):
    """Mean over anchors of minus the mean log-softmax of their positives among all others."""
    total = 0
    for i in range(len(labels)):
        others = [a for a in range(len(labels)) if a != i]
        normalizer = torch.logsumexp(similarities[i, others], 0)
        total = total - torch.stack([similarities[i, p] - normalizer for p in others if labels[p] == labels[i]]).mean()
    return total / len(labels)


def sup_con(vectors, labels, loss):
    """Khosla et al. 2020, equation 2."""
    similarities = vectors @ vectors.T / loss["temperature"]
    return loss["temperature"] / loss["baseTemperature"] * contrast(similarities, labels)


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


def alpa(maps, labels, projections, loss):
    """Attention-based local propagation of MODE, as its paper writes it; maps are [N, E, H, W]."""
    height, width = (min(size, loss["grid"]) for size in maps.shape[2:])
    x = functional.adaptive_avg_pool2d(maps, (height, width)).flatten(2).transpose(1, 2)
    queries, keys, values = (projections[role](x) for role in ("query", "key", "value"))

    scores = torch.einsum("ire,jse->ijrs", queries, keys) / loss["dimension"] ** 0.5
    answers = torch.einsum("ijrs,jse->ijre", scores.softmax(3), values)
    cosines = functional.cosine_similarity(values[:, None], answers, dim=3)
    both = cosines + cosines.transpose(0, 1)
    aggregate = {
        "mean": lambda: both.mean(2),
        "sum": lambda: both.sum(2),
        "max": lambda: projections["query"].watch.max(both),
        "logsum": lambda: torch.logsumexp(6 * both, 2) / 6,
    }
    return contrast(loss["inverseTemperature"] * aggregate[loss["aggregation"]](), labels)
