"""Trains CIFAR ResNets in PyTorch on request, a slice of time each, so that both sides of a benchmark take turns.

Request: {"architecture", "loss", "folder", "batch", "check": true} loads weights.safetensors from the folder and takes one
step on images.bin and labels.bin; answer: {"torch", "loss", "embedding"}, the latter of two images afterwards, in evaluation mode.
Request: {"architecture", "loss", "folder", "batch", "mode", "threads", "seconds"}; answer: {"images", "seconds"}.
"""

import re
import time
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from alpa_authors import contrast, similarity
from networks import network
from serve import serve

FORMATS = {"eager": torch.contiguous_format, "channels_last": torch.channels_last}
GRID = 4
OF_NETWORK = re.compile(r"(conv1|bn1|layer\d+|linear)\.")


class Trained(nn.Module):
    """A network with the tensors of its loss; called with images and labels it gives the loss."""

    def __init__(self, architecture, loss, tensors):
        super().__init__()
        self.terms = loss.split("+")
        self.network = network(architecture)
        own = {name: tensor for name, tensor in tensors.items() if OF_NETWORK.match(name)}
        missing = self.network.load_state_dict(own, strict=False).missing_keys
        assert all(name.startswith("linear.") or name.endswith("num_batches_tracked") for name in missing), missing
        last = getattr(self.network, f"layer{self.network.stages}")
        last.register_forward_hook(lambda module, inputs, output: setattr(self, "map", output))
        matrices = {name.removeprefix("alpa."): tensor for name, tensor in tensors.items() if name.startswith("alpa.")}
        self.names = list(matrices)
        self.matrices = nn.ParameterList(matrices.values())
        if "head.0.weight" in tensors:
            channels, projection = tensors["head.0.weight"].shape[1], tensors["head.2.weight"].shape[0]
            self.head = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, projection))
            self.head.load_state_dict({n.removeprefix("head."): t for n, t in tensors.items() if n.startswith("head.")})

    def forward(self, images, labels):
        logits = self.network(images)
        total = 0
        if "ce" in self.terms:
            total = total + F.cross_entropy(logits, labels)
        if "supcon" in self.terms:
            vectors = F.normalize(self.head(self.map.mean((2, 3))))
            total = total + 0.1 / 0.07 * contrast(vectors @ vectors.T, labels)
        if "alpa" in self.terms:
            positions = F.adaptive_avg_pool2d(self.map, GRID).flatten(2).transpose(1, 2)
            weights = dict(zip(self.names, self.matrices))
            total = total + contrast(similarity(positions, weights), labels)
        return total


@cache
def ready(architecture, loss, folder, batch, mode):
    model = Trained(architecture, loss, load_file(Path(folder, "weights.safetensors")))
    model = model.to(memory_format=FORMATS[mode])
    images = torch.frombuffer(bytearray(Path(folder, "images.bin").read_bytes()), dtype=torch.float32)
    images = images.view(-1, 32, 32, 3)[:batch].permute(0, 3, 1, 2).contiguous(memory_format=FORMATS[mode])
    labels = torch.frombuffer(bytearray(Path(folder, "labels.bin").read_bytes()), dtype=torch.int32)[:batch].long()
    labels = labels.repeat(batch // len(labels))
    learnt = [p for n, p in model.named_parameters() if "supcon" not in model.terms or not n.startswith("network.linear")]
    sgd = torch.optim.SGD(learnt, lr=0.01, momentum=0.9, weight_decay=1e-4)
    return model, images, labels, sgd


def step(model, images, labels, sgd):
    sgd.zero_grad()
    loss = model(images, labels)
    loss.backward()
    sgd.step()
    return loss.item()


def check(check, **question):
    model, images, labels, sgd = ready(**question, mode="eager")
    loss = step(model, images, labels, sgd)
    model.eval()
    with torch.no_grad():
        model.network(images[:2])
    embedding = model.map.mean((2, 3)).flatten().tolist()
    ready.cache_clear()
    return {"torch": torch.__version__, "loss": loss, "embedding": embedding}


def run(threads, seconds, **question):
    torch.set_num_threads(threads)
    trained = ready(**question)
    step(*trained)
    count = 0
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        step(*trained)
        count += question["batch"]
    return {"images": count, "seconds": elapsed}


serve(lambda **request: check(**request) if "check" in request else run(**request))
