"""Trains CIFAR ResNets in PyTorch on request, a slice of time each, so that both sides of a benchmark take turns.

Request: {"architecture", "folder", "batch", "check": true} loads weights.safetensors from the folder (strictly) and takes one
step on images.bin and labels.bin; answer: {"torch", "loss", "logits"}, the latter of two images afterwards, in evaluation mode.
Request: {"architecture", "folder", "batch", "mode", "threads", "seconds"}; answer: {"images", "seconds"}.
"""

import time
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from networks import network
from serve import serve

FORMATS = {"eager": torch.contiguous_format, "channels_last": torch.channels_last}


@cache
def ready(architecture, folder, batch, mode):
    model = network(architecture)
    model.load_state_dict(load_file(Path(folder, "weights.safetensors")), strict=True)
    model = model.to(memory_format=FORMATS[mode])
    images = torch.frombuffer(bytearray(Path(folder, "images.bin").read_bytes()), dtype=torch.float32)
    images = images.view(-1, 32, 32, 3)[:batch].permute(0, 3, 1, 2).contiguous(memory_format=FORMATS[mode])
    labels = torch.frombuffer(bytearray(Path(folder, "labels.bin").read_bytes()), dtype=torch.int32)[:batch].long()
    sgd = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    return model, images, labels, sgd


def step(model, images, labels, sgd):
    sgd.zero_grad()
    loss = F.cross_entropy(model(images), labels)
    loss.backward()
    sgd.step()
    return loss.item()


def check(architecture, folder, batch, check):
    model, images, labels, sgd = ready(architecture, folder, batch, "eager")
    loss = step(model, images, labels, sgd)
    model.eval()
    with torch.no_grad():
        logits = model(images[:2]).flatten().tolist()
    ready.cache_clear()
    return {"torch": torch.__version__, "loss": loss, "logits": logits}


def run(architecture, folder, batch, mode, threads, seconds):
    torch.set_num_threads(threads)
    trained = ready(architecture, folder, batch, mode)
    step(*trained)
    count = 0
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        step(*trained)
        count += batch
    return {"images": count, "seconds": elapsed}


serve(lambda **request: check(**request) if "check" in request else run(**request))
