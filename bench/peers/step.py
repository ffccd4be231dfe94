"""Training steps of a shared trunk with one small head per task, in PyTorch: the peer of bench/step.ts.

Reads JSON lines: first the shape {inputs, trunk, head, tasks, batch, rows}, then {steps} again and again.
Answers the version, then the milliseconds that the steps took. One thread, fused Adam, no compilation.
"""

import json
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    print(json.dumps({}), flush=True)
    sys.exit(3)


class HardSharing(nn.Module):
    def __init__(self, inputs, trunk, head, tasks):
        super().__init__()
        widths = [inputs, *trunk]
        layers = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
        self.trunk = nn.Sequential(*layers)
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(trunk[-1], head), nn.ReLU(), nn.Linear(head, 1)) for _ in range(tasks)
        )

    def forward(self, x):
        shared = self.trunk(x)
        return [head(shared) for head in self.heads]


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = json.loads(sys.stdin.readline())
    model = HardSharing(shape["inputs"], shape["trunk"], shape["head"], shape["tasks"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    inputs = torch.randn(shape["rows"], shape["inputs"])
    targets = torch.randn(shape["rows"], shape["tasks"])
    mse = nn.MSELoss()
    print(json.dumps({"torch": torch.__version__}), flush=True)

    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        batches = torch.randint(shape["rows"], (steps, shape["batch"]))
        start = time.perf_counter()
        for rows in batches:
            x, y = inputs[rows], targets[rows]
            optimizer.zero_grad(set_to_none=True)
            losses = [mse(output, y[:, t : t + 1]) for t, output in enumerate(model(x))]
            torch.stack(losses).sum().backward()
            optimizer.step()
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)


main()
