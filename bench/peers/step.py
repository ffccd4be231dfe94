"""Training steps of a shared trunk with one small head per task, in PyTorch: the peer of bench/step.ts.

Reads JSON lines: first the shape {inputs, trunk, head, tasks, batch, rows, compile, taskGradients}, then {steps} again and again.
Answers the version, then the milliseconds that the steps took, by the clock and of the processor. One thread, fused
Adam; with "compile" forward pass, losses and backward pass are compiled by torch.compile; with "taskGradients" a step
also takes every task's gradient with respect to the trunk, one backward pass after another, and their Gramian.
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


def gramian_of(losses, shared):
    rows = []
    for loss in losses:
        gradients = torch.autograd.grad(loss, shared, retain_graph=True)
        rows.append(torch.cat([gradient.reshape(-1) for gradient in gradients]))
    jacobian = torch.stack(rows)
    return jacobian @ jacobian.T


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = json.loads(sys.stdin.readline())
    model = HardSharing(shape["inputs"], shape["trunk"], shape["head"], shape["tasks"])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    inputs = torch.randn(shape["rows"], shape["inputs"])
    targets = torch.randn(shape["rows"], shape["tasks"])
    mse = nn.MSELoss()

    def objective(x, y):
        losses = [mse(output, y[:, t : t + 1]) for t, output in enumerate(model(x))]
        if shape.get("taskGradients"):
            gramian_of(losses, list(model.trunk.parameters()))
        return torch.stack(losses).sum()

    if shape.get("compile"):
        objective = torch.compile(objective)
        try:
            objective(inputs[: shape["batch"]], targets[: shape["batch"]]).backward()
        except Exception as error:
            reason = str(error).strip().splitlines()[0][:200]
            unable = f"torch.compile does not work here: {reason}"
            print(json.dumps({"version": torch.__version__, "unable": unable}), flush=True)
            sys.exit(3)
    print(json.dumps({"version": torch.__version__}), flush=True)

    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        batches = torch.randint(shape["rows"], (steps, shape["batch"]))
        start, processor = time.perf_counter(), time.process_time()
        for rows in batches:
            x, y = inputs[rows], targets[rows]
            optimizer.zero_grad(set_to_none=True)
            objective(x, y).backward()
            optimizer.step()
        spent = {
            "ms": (time.perf_counter() - start) * 1000,
            "processorMs": (time.process_time() - processor) * 1000,
        }
        print(json.dumps(spent), flush=True)


main()
