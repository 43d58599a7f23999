"""ResNets for 32x32 images, written as PyTorch users write them, and the modes PyTorch can run them in."""

import torch
from torch import nn
from torch.nn import functional as F

MODES = ("eager", "channels_last", "frozen")


class Block(nn.Module):
    def __init__(self, inputs, width, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.padding = 0
        if stride != 1 or inputs != width:
            if shortcut == "A":  # every other pixel, new channels zero: no parameters
                self.padding = (width - inputs) // 2
            else:
                self.shortcut = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.padding:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        elif hasattr(self, "shortcut"):
            x = self.shortcut(x)
        return F.relu(y + x)


class ResNet(nn.Module):
    """Returns logits [N, classes], embedding [N, D] and, when asked for, the six views [N, 6, D] of the last map."""

    def __init__(self, blocks, widths, shortcut, classes=10, views=False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        inputs = widths[0]
        for stage, (count, width) in enumerate(zip(blocks, widths)):
            layers = []
            for i in range(count):
                layers.append(Block(inputs, width, 2 if stage > 0 and i == 0 else 1, shortcut))
                inputs = width
            self.add_module(f"layer{stage + 1}", nn.Sequential(*layers))
        self.stages = len(blocks)
        self.linear = nn.Linear(inputs, classes)
        self.views = views

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        embedding = x.mean((2, 3))
        logits = self.linear(embedding)
        return (logits, embedding, multi_scale_views(x, embedding)) if self.views else logits


def multi_scale_views(x, embedding):
    """Four quadrants (row-major), the whole, the centre: [N, 6, D], each divided by its norm."""
    h, w = x.shape[2], x.shape[3]
    quadrants = F.adaptive_avg_pool2d(x, 2).flatten(2).transpose(1, 2)
    centre = x[:, :, h // 4 : -(-3 * h // 4), w // 4 : -(-3 * w // 4)].mean((2, 3))
    views = torch.cat([quadrants, embedding[:, None], centre[:, None]], 1)
    return views / (views.norm(dim=2, keepdim=True) + 1e-10)


def network(name, views=False):
    if name == "cifar-resnet18":
        return ResNet((2, 2, 2, 2), (64, 128, 256, 512), "B", views=views)
    depth = int(name.removeprefix("cifar-resnet"))
    return ResNet(((depth - 2) // 6,) * 3, (16, 32, 64), "A", views=views)


def prepare(model, mode, batch):
    """The model made ready to run in one of MODES, and the memory format its input should have."""
    model = model.eval()
    if mode == "eager":
        return model, torch.contiguous_format
    if mode == "channels_last":
        return model.to(memory_format=torch.channels_last), torch.channels_last
    with torch.inference_mode():
        traced = torch.jit.freeze(torch.jit.trace(model, torch.zeros(batch, 3, 32, 32)))
        return torch.jit.optimize_for_inference(traced), torch.contiguous_format
