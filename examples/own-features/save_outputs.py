"""Saves what a PyTorch classifier says about images, for `model: { outputs: … }` of mode-ood.

    from save_outputs import save_head, save_outputs
    save_head("outputs/head.npz", model.fc)
    save_outputs("outputs/train.npz", model, model.layer4, model.fc, train_loader)
    save_outputs("outputs/test.npz", model, model.layer4, model.fc, test_loader)
    save_outputs("outputs/textures.npz", model, model.layer4, model.fc, textures_loader)

Run as it is, it does so for a small network and random images, which shows the files and nothing else.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn


def save_head(path, head):
    """The last layer: weight [classes, dimension] and bias [classes]."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, weight=head.weight.detach().cpu().numpy(), bias=head.bias.detach().cpu().numpy())


@torch.no_grad()
def save_outputs(path, model, last_map, head, loader):
    """`last_map`: the module whose output [images, channels, height, width] is pooled; `head`: the last linear layer.

    `loader` gives (images, labels) as the model takes them: normalised, in evaluation transform.
    """
    device = next(model.parameters()).device
    found, parts = {}, {"logits": [], "embedding": [], "featureMap": [], "labels": []}
    hooks = [
        last_map.register_forward_hook(lambda _module, _given, output: found.update(featureMap=output)),
        head.register_forward_hook(lambda _module, given, output: found.update(embedding=given[0], logits=output)),
    ]
    model.eval()
    for images, labels in loader:
        model(images.to(device))
        for name, tensor in {**found, "labels": labels}.items():
            parts[name].append(tensor.cpu().numpy())
    for hook in hooks:
        hook.remove()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **{name: np.concatenate(arrays) for name, arrays in parts.items()})


if __name__ == "__main__":
    torch.manual_seed(20)
    last_map = nn.Sequential(nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU())
    head = nn.Linear(16, 4)
    model = nn.Sequential(last_map, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
    folder = Path(__file__).parent / "outputs"
    save_head(folder / "head.npz", head)
    for name, scale in {"train": 1.0, "test": 1.0, "textures": 1.5}.items():
        batches = [(scale * torch.randn(64, 3, 16, 16), torch.randint(4, (64,))) for _ in range(4)]
        save_outputs(folder / f"{name}.npz", model, last_map, head, batches)
