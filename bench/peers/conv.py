"""A convolutional model with hard sharing and one linear head per task, in PyTorch: the peer of bench/conv-digits.ts.

Reads JSON lines: first the model, then {"do": "start" | "train" | "predict"} again and again; arrays go through files in
the folder that is its argument. Answers the version, then what was asked for, with the milliseconds that steps took. One
thread, fused Adam, no compilation.
"""

import json
import os
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print(json.dumps({}), flush=True)
    sys.exit(3)


class HardSharing(nn.Module):
    def __init__(self, model):
        super().__init__()
        channels = [model["image"][0], *(stage["channels"] for stage in model["stages"])]
        self.pools = [stage["pool"] for stage in model["stages"]]
        self.stages = nn.ModuleList(
            nn.Conv2d(a, b, stage["kernel"], padding="same")
            for a, b, stage in zip(channels, channels[1:], model["stages"])
        )
        self.dense = nn.Linear(model["features"], model["dense"])
        self.heads = nn.ModuleList(nn.Linear(model["dense"], task["width"]) for task in model["tasks"])

    def forward(self, x):
        for stage, pool in zip(self.stages, self.pools):
            x = F.relu(F.max_pool2d(stage(x), pool))
        shared = F.relu(self.dense(x.flatten(1)))
        return [head(shared) for head in self.heads]


def loss(kind, output, target):
    if kind == "multiclass":
        return F.cross_entropy(output, target.long())
    if kind == "binary":
        return F.binary_cross_entropy_with_logits(output[:, 0], target)
    return F.mse_loss(output[:, 0], target)


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1]

    def read(name, dtype=torch.float32):
        with open(os.path.join(folder, name), "rb") as file:
            return torch.frombuffer(bytearray(file.read()), dtype=dtype)

    model = json.loads(sys.stdin.readline())
    kinds = [task["kind"] for task in model["tasks"]]
    images = read("images").reshape(-1, *model["image"])
    targets = read("targets").reshape(len(images), -1)
    network = HardSharing(model)
    print(json.dumps({"version": torch.__version__}), flush=True)

    for line in sys.stdin:
        asked = json.loads(line)["do"]
        answer = {}
        if asked == "start":
            parts = list(network.parameters())
            values = read("start").split([part.numel() for part in parts])
            with torch.no_grad():
                for part, value in zip(parts, values):
                    part.copy_(value.reshape(part.shape))
            optimizer = torch.optim.Adam(network.parameters(), lr=model["rate"], fused=True)
        elif asked == "train":
            batches = read("batches", torch.int32).reshape(-1, model["batch"])
            start = time.perf_counter()
            for rows in batches:
                x, y = images[rows], targets[rows]
                optimizer.zero_grad(set_to_none=True)
                losses = [loss(kind, output, y[:, t]) for t, (kind, output) in enumerate(zip(kinds, network(x)))]
                torch.stack(losses).sum().backward()
                optimizer.step()
            answer = {"ms": (time.perf_counter() - start) * 1000}
        else:
            with torch.no_grad():
                chunks = images[model["trained"] :].split(500)
                outputs = torch.cat([torch.cat(network(chunk), 1) for chunk in chunks])
            with open(os.path.join(folder, "outputs"), "wb") as file:
                file.write(bytes(outputs.contiguous().untyped_storage()))
        print(json.dumps(answer), flush=True)


main()
