"""The evaluation a careful PyTorch user writes: features, k-NN by faiss, metrics by scikit-learn; prints JSON.

    python evaluate_reference.py --data DIR [--mode frozen|channels_last|eager] [--batch 128] [--threads 2] [--limit N]
"""

import time

started = time.perf_counter()

import argparse
import gzip
import json
import resource
from pathlib import Path

import faiss
import numpy as np
import sklearn
import torch
from safetensors.torch import load_file
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve
from torch.nn import functional as F

from networks import MODES, network, prepare

imported = time.perf_counter()

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def read_cifar(path):
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)
    return torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32)), records[:, 0]


def read_mnist(path):
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28).copy()
    return F.interpolate(torch.from_numpy(pixels), size=32, mode="bilinear").expand(-1, 3, -1, -1)


def spread(images, labels, limit):
    """At most `limit` images, spread evenly over the set as `--limit` of the command takes them."""
    count = len(images)
    if limit is None or limit >= count:
        return images, labels
    rows = [i * count // limit for i in range(limit)]
    return images[rows], labels[rows]


def features(model, memory_format, images, batch):
    """Logits, unit-length embeddings and views of uint8 images [N, 3, 32, 32]."""
    outputs = []
    for part in images.split(batch):
        part = ((part / 255 - MEAN) / STD).contiguous(memory_format=memory_format)
        outputs.append(model(part))
    logits, embedding, views = (torch.cat(tensors) for tensors in zip(*outputs))
    return logits, F.normalize(embedding).numpy(), views.numpy()


def flat_index(vectors):
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return index


def score(logits, embedding, views, bank, view_bank):
    """Higher = in-distribution."""
    count, scales, dimension = views.shape
    distances, _ = view_bank.search(views.reshape(-1, dimension), 10)
    nearest, _ = bank.search(embedding, 50)
    return {
        "csd": -distances[:, -1].reshape(count, scales).min(1),
        "knn": -nearest[:, -1],
        "msp": logits.double().softmax(1).amax(1).numpy(),
        "energy": logits.logsumexp(1).numpy(),
        "max-logit": logits.amax(1).numpy(),
    }


def evaluate(id_scores, ood_scores):
    scores = np.concatenate([id_scores, ood_scores])
    is_id = np.concatenate([np.ones(len(id_scores)), np.zeros(len(ood_scores))])

    def aupr(labels, values):
        precision, recall, _ = precision_recall_curve(labels, values)
        return float(auc(recall, precision))

    def fpr95(labels, values):
        fpr, tpr, _ = roc_curve(labels, values)
        return float(fpr[np.searchsorted(tpr, 0.95)])

    threshold = np.sort(id_scores)[round(0.05 * len(id_scores))]
    return {
        "auroc": float(roc_auc_score(is_id, scores)),
        "auprId": aupr(is_id, scores),
        "auprOod": aupr(1 - is_id, -scores),
        "fpr95IdPositive": fpr95(is_id, scores),
        "fpr95OodPositive": fpr95(1 - is_id, -scores),
        "fpr95Paper": float((ood_scores > threshold).mean()),
    }


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--architecture", default="cifar-resnet20")
    parser.add_argument("--checkpoint", default="models/resnet20_cifar10.safetensors")
    parser.add_argument("--mode", default="frozen", choices=MODES)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    faiss.omp_set_num_threads(args.threads)

    seconds = {"import": imported - started}
    clock = imported

    def lap(stage):
        nonlocal clock
        now = time.perf_counter()
        seconds[stage] = seconds.get(stage, 0) + now - clock
        clock = now

    model = network(args.architecture, views=True)
    model.load_state_dict(load_file(args.data / args.checkpoint), strict=True)
    model, memory_format = prepare(model, args.mode, args.batch)
    lap("model")

    cifar = lambda path: spread(*read_cifar(args.data / path), args.limit)
    mnist = read_mnist(args.data / "ood/mnist/t10k-images-idx3-ubyte.gz")
    train, _ = cifar("cifar10/train_a.bin")
    test, labels = cifar("cifar10/test_a.bin")
    ood = {
        "tin_a": cifar("ood/tin_a/images32.bin")[0],
        "dtd_a": cifar("ood/dtd_a/images32.bin")[0],
        "mnist": spread(mnist, mnist, args.limit)[0],
    }
    lap("data")

    _, embedding, views = features(model, memory_format, train, args.batch)
    test_outputs = features(model, memory_format, test, args.batch)
    ood_outputs = {name: features(model, memory_format, images, args.batch) for name, images in ood.items()}
    lap("features")

    bank, view_bank = flat_index(embedding), flat_index(views.reshape(-1, views.shape[2]))
    id_scores = score(*test_outputs, bank, view_bank)
    ood_scores = {name: score(*outputs, bank, view_bank) for name, outputs in ood_outputs.items()}
    lap("scores")

    results = {
        name: {set_name: evaluate(id_scores[name], scores[name]) for set_name, scores in ood_scores.items()}
        for name in id_scores
    }
    accuracy = float((test_outputs[0].argmax(1).numpy() == labels).mean())
    lap("metrics")

    report = {
        "idAccuracy": accuracy,
        "results": results,
        "seconds": {**seconds, "total": clock - started},
        "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {
            "torch": torch.__version__,
            "faiss": faiss.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "mode": args.mode,
        "batch": args.batch,
        "threads": args.threads,
        "limit": args.limit,
    }
    print(json.dumps(report))


main()
