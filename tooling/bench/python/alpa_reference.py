"""The loss of `alpa_authors` with its gradients by PyTorch's autograd.

    python alpa_reference.py THREADS DIRECTORY NAME

Reads inputs.safetensors in DIRECTORY, writes NAME.safetensors (loss and gradients) and prints {"seconds"}.
"""

import json
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from alpa_authors import contrast, similarity


def step(map, labels, weights):
    leaves = {"map": map, **weights}
    for leaf in leaves.values():
        leaf.grad = None
        leaf.requires_grad_()
    loss = contrast(similarity(map, weights), labels.repeat(2))
    loss.backward()
    return {"loss": loss.detach(), **{name: leaf.grad for name, leaf in leaves.items()}}


def main(threads, directory, name):
    torch.set_num_threads(int(threads))
    weights = load_file(Path(directory, "inputs.safetensors"))
    map, labels = weights.pop("map"), weights.pop("labels")
    step(map, labels, weights)
    started = time.perf_counter()
    results = step(map, labels, weights)
    seconds = time.perf_counter() - started
    save_file(results, Path(directory, f"{name}.safetensors"))
    print(json.dumps({"seconds": seconds}))


main(*sys.argv[1:])
