"""Runs CIFAR ResNets in PyTorch on request, a slice of time each, so that both sides of a benchmark take turns.

Request: {"architecture", "mode", "threads", "batch", "seconds"}; answer: {"images", "seconds", "torch"}.
"""

import time
from functools import cache

import torch

from networks import network, prepare
from serve import serve


@cache
def ready(architecture, mode, batch):
    torch.manual_seed(1)
    model, memory_format = prepare(network(architecture), mode, batch)
    images = torch.randn(batch, 3, 32, 32).contiguous(memory_format=memory_format)
    for _ in range(5):
        model(images)
    return model, images


@torch.inference_mode()
def run(architecture, mode, threads, batch, seconds):
    torch.set_num_threads(threads)
    model, images = ready(architecture, mode, batch)
    model(images)
    count = 0
    started = time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        logits = model(images)
        count += len(logits)
    return {"images": count, "seconds": elapsed, "torch": torch.__version__}


serve(run)
