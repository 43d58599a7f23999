"""Runs CIFAR ResNets in PyTorch on request, a slice of time each, so that both sides of a benchmark take turns.

Request: {"architecture", "batch", "write": DIR} writes weights, images and logits for the other side; answer: {"torch"}.
Request: {"architecture", "mode", "threads", "batch", "seconds"}; answer: {"images", "seconds"}.
"""

import time
from functools import cache
from pathlib import Path

import torch
from safetensors.torch import save_file

from networks import network, prepare
from serve import serve


def make(architecture, batch):
    torch.manual_seed(1)
    return network(architecture), torch.randn(batch, 3, 32, 32)


@cache
def ready(architecture, mode, batch):
    model, images = make(architecture, batch)
    model, memory_format = prepare(model, mode, batch)
    images = images.contiguous(memory_format=memory_format)
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
    return {"images": count, "seconds": elapsed}


@torch.inference_mode()
def write(architecture, batch, write):
    model, images = make(architecture, batch)
    save_file(model.state_dict(), Path(write, "weights.safetensors"))
    Path(write, "images.bin").write_bytes(images.permute(0, 2, 3, 1).contiguous().numpy().tobytes())
    Path(write, "logits.bin").write_bytes(model.eval()(images).numpy().tobytes())
    return {"torch": torch.__version__}


serve(lambda **request: write(**request) if "write" in request else run(**request))
