"""Two steps of SGD of small residual networks in PyTorch, in float64: what a training engine has to agree with.

    python tooling/golden/training_steps.py packages/training/fixtures [NAME...]

Needs torch and safetensors. A seed is taken at which no activation is so near to zero, and no two candidates of a maximum
so near to each other, that float32 might decide otherwise.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

import training_losses

BASE = {"stem": {"kernel": 3, "stride": 1, "channels": 4, "maxPool": False}, "block": "basic", "shortcut": "projection",
        "shortcutName": "shortcut", "headName": "linear", "batchNormEpsilon": 1e-5}
SPECS = {
    "pad": {"shortcut": "pad", "inputSize": 8,
            "stages": [{"blocks": 1, "width": 4, "stride": 1}, {"blocks": 2, "width": 8, "stride": 2}]},
    "pad-odd": {"shortcut": "pad", "inputSize": 9,
                "stages": [{"blocks": 1, "width": 8, "stride": 1}, {"blocks": 1, "width": 12, "stride": 2}]},
    "projection": {"inputSize": 8,
                   "stages": [{"blocks": 1, "width": 6, "stride": 1}, {"blocks": 1, "width": 8, "stride": 2}]},
    "bottleneck": {"block": "bottleneck", "inputSize": 7,
                   "stages": [{"blocks": 1, "width": 2, "stride": 1}, {"blocks": 2, "width": 3, "stride": 2}]},
    "imagenet": {"stem": {"kernel": 7, "stride": 2, "channels": 6, "maxPool": True}, "inputSize": 30,
                 "shortcutName": "downsample", "headName": "fc",
                 "stages": [{"blocks": 1, "width": 6, "stride": 1}, {"blocks": 1, "width": 8, "stride": 2}]},
}
OPTIMIZERS = {
    "pad": {"momentum": 0.9, "nesterov": False, "weightDecay": 0.01, "decayExempt": "none"},
    "pad-odd": {"momentum": 0.0, "nesterov": False, "weightDecay": 0.0, "decayExempt": "none"},
    "projection": {"momentum": 0.8, "nesterov": True, "weightDecay": 0.02, "decayExempt": "vectors"},
    "bottleneck": {"momentum": 0.9, "nesterov": True, "weightDecay": 0.01, "decayExempt": "none"},
    "imagenet": {"momentum": 0.9, "nesterov": False, "weightDecay": 0.01, "decayExempt": "vectors"},
}
ALPA = {"dimension": 6, "inverseTemperature": 5}
# Losses on two views an image, each with one of the networks and its optimiser.
LOSSES = {
    "supcon": ("projection", {"name": "supcon", "temperature": 0.2, "baseTemperature": 0.07, "projection": 5}),
    "cider": ("pad", {"name": "cider", "temperature": 0.25, "projection": 6, "compactness": 2, "prototypeMomentum": 0.6}),
    "alpa": ("bottleneck", {"name": "alpa", "alpa": {**ALPA, "aggregation": "logsum", "grid": 3}}),
    "ce+alpa": ("pad-odd", {"name": "ce+alpa", "labelSmoothing": 0.2, "alpaWeight": 0.5,
                            "alpa": {**ALPA, "aggregation": "max", "grid": 2}}),
    "supcon+alpa": ("projection", {"name": "supcon+alpa", "temperature": 0.2, "baseTemperature": 0.07, "projection": 5,
                                   "alpaWeight": 1.5, "alpa": {**ALPA, "aggregation": "mean", "grid": 4}}),
}
CLASSES, LABEL_SMOOTHING, LEARNING_RATES = 3, 0.1, (0.1, 0.05)
IMAGES = {1: 6, 2: 8}  # by views of an image, all of them counted


class Watch:
    """The smallest distance from a decision that float32 could take otherwise."""

    def __init__(self):
        self.margin = float("inf")

    def relu(self, x):
        self.margin = min(self.margin, x.abs().min().item())
        return functional.relu(x)

    def max_pool(self, x):
        windows = functional.unfold(functional.pad(x, (1, 1, 1, 1)), 3, stride=2)
        windows = windows.view(x.shape[0], x.shape[1], 9, -1)
        first, second = windows.topk(2, dim=2).values.unbind(2)
        gap = (first - second)[first > 0]
        self.margin = min(self.margin, gap.min().item())
        return functional.max_pool2d(x, 3, 2, 1)

    def max(self, x):
        first, second = x.topk(2, dim=-1).values.unbind(-1)
        self.margin = min(self.margin, (first - second).min().item())
        return first


class Pad(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.before = stride, (outputs - inputs) // 2
        self.after = outputs - inputs - self.before

    def forward(self, x):
        return functional.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.before, self.after))


class Block(nn.Module):
    def __init__(self, spec, inputs, width, stride, watch):
        super().__init__()
        self.watch = watch
        basic = spec["block"] == "basic"
        steps = [(3, width, stride), (3, width, 1)] if basic else [(1, width, 1), (3, width, stride), (1, 4 * width, 1)]
        self.count, channels = len(steps), inputs
        for i, (kernel, outputs, step) in enumerate(steps, 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, outputs, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(outputs, eps=spec["batchNormEpsilon"]))
            channels = outputs
        self.around = None
        if stride != 1 or inputs != channels:
            if spec["shortcut"] == "pad":
                self.around = [Pad(inputs, channels, stride)]  # in a list: it is not to be found in the state dict
            else:
                projection = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))
                setattr(self, spec["shortcutName"], projection)
                self.around = [projection]

    def forward(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.count:
                y = self.watch.relu(y)
        return self.watch.relu(y + (self.around[0](x) if self.around else x))


class Projection(nn.Module):
    def __init__(self, inputs, outputs, watch):
        super().__init__()
        self.watch = watch
        bound = inputs ** -0.5
        self.w1 = nn.Parameter(torch.empty(inputs, inputs).uniform_(-bound, bound))
        self.w2 = nn.Parameter(torch.empty(inputs, outputs).uniform_(-bound, bound))

    def forward(self, x):
        return self.watch.relu(x @ self.w1) @ self.w2


class Network(nn.Module):
    def __init__(self, spec, loss, watch):
        super().__init__()
        self.watch, self.spec = watch, spec
        stem = spec["stem"]
        self.conv1 = nn.Conv2d(3, stem["channels"], stem["kernel"], stem["stride"], stem["kernel"] // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(stem["channels"], eps=spec["batchNormEpsilon"])
        channels = stem["channels"]
        self.stages = len(spec["stages"])
        for s, stage in enumerate(spec["stages"], 1):
            blocks = []
            for b in range(stage["blocks"]):
                blocks.append(Block(spec, channels, stage["width"], stage["stride"] if b == 0 else 1, watch))
                channels = stage["width"] * (1 if spec["block"] == "basic" else 4)
            setattr(self, f"layer{s}", nn.Sequential(*blocks))
        setattr(self, spec["headName"], nn.Linear(channels, CLASSES))
        if "projection" in loss:
            self.head = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, loss["projection"]))
        if "alpa" in loss:
            self.alpa = nn.ModuleDict({role: Projection(channels, loss["alpa"]["dimension"], watch)
                                       for role in ("query", "key", "value")})

    def forward(self, x):
        x = self.watch.relu(self.bn1(self.conv1(x)))
        if self.spec["stem"]["maxPool"]:
            x = self.watch.max_pool(x)
        for s in range(1, self.stages + 1):
            x = getattr(self, f"layer{s}")(x)
        embedding = x.mean((2, 3))
        return {"map": x, "embedding": embedding, "logits": getattr(self, self.spec["headName"])(embedding)}

    def project(self, embedding):
        return functional.normalize(self.head[2](self.watch.relu(self.head[0](embedding))), dim=1)


def state_of(network):
    return {k: v.clone() for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}


def two_steps(spec, optimizer, loss, seed):
    torch.manual_seed(seed)
    watch = Watch()
    network = Network(spec, loss, watch)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():  # away from the round numbers they begin with
            if name.endswith("running_var") or (tensor.dim() == 1 and name.endswith("weight")):
                tensor.uniform_(0.5, 1.5)
            elif tensor.dim() == 1:
                tensor.uniform_(-0.3, 0.3)
    network = network.double()
    size = spec["inputSize"]
    images = torch.randn(IMAGES[loss["views"]], size, size, 3)
    labels = torch.tensor([i * 2 % CLASSES for i in range(len(images) // loss["views"])], dtype=torch.int32)
    carried = training_losses.carried(loss, CLASSES)
    vectors = [p for p in network.parameters() if p.dim() == 1]
    matrices = [p for p in network.parameters() if p.dim() > 1]
    spared = 0.0 if optimizer["decayExempt"] == "vectors" else optimizer["weightDecay"]
    groups = [{"params": vectors, "weight_decay": spared}, {"params": matrices, "weight_decay": optimizer["weightDecay"]}]
    sgd = torch.optim.SGD(groups, lr=1, momentum=optimizer["momentum"], nesterov=optimizer["nesterov"])
    tensors = {"images": images, "labels": labels}
    tensors |= {f"before.{k}": v for k, v in (state_of(network) | carried).items()}
    losses = []
    for step, rate in enumerate(LEARNING_RATES):
        for group in sgd.param_groups:
            group["lr"] = rate
        sgd.zero_grad()
        outputs = network(images.double().permute(0, 3, 1, 2))
        value, carried = training_losses.compute(loss, network, outputs, labels.long(), carried)
        value.backward()
        losses.append(value.item())
        if step == 0:
            tensors |= {f"gradient.{k}": p.grad.clone() for k, p in network.named_parameters() if p.grad is not None}
        sgd.step()
    tensors |= {f"after.{k}": v for k, v in (state_of(network) | carried).items()}
    network.eval()
    tensors["logits"] = network(images.double().permute(0, 3, 1, 2))["logits"].detach()
    return watch.margin, tensors, losses


def main(folder, *names):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    cross_entropy = {"name": "ce", "labelSmoothing": LABEL_SMOOTHING, "views": 1}
    steps = {name: (name, cross_entropy) for name in SPECS} | {k: (n, {**v, "views": 2}) for k, (n, v) in LOSSES.items()}
    for name in names or steps:
        network, loss = steps[name]
        spec, optimizer = {"name": network, **BASE, **SPECS[network]}, OPTIMIZERS[network]
        seed = max(range(60), key=lambda s: two_steps(spec, optimizer, loss, s)[0])
        margin, tensors, losses = two_steps(spec, optimizer, loss, seed)
        kept = {k: (v if v.dtype == torch.int32 else v.float()).contiguous() for k, v in tensors.items()}
        metadata = {"spec": spec, "optimizer": {"name": "sgd", **optimizer}, "losses": losses, "classes": CLASSES,
                    "labelSmoothing": LABEL_SMOOTHING, "learningRates": LEARNING_RATES, "seed": seed, "margin": margin,
                    "loss": {k: v for k, v in loss.items() if k != "views"}, "torch": torch.__version__,
                    "madeBy": "tooling/golden/training_steps.py"}
        save_file(kept, folder / f"{name}.safetensors", {k: json.dumps(v) for k, v in metadata.items()})
        print(name, "seed", seed, "margin", margin, "losses", losses)


main(*sys.argv[1:])
