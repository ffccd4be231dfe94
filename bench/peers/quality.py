"""Trainings of a tabular ensemble of shared weights with linear heads, in PyTorch: the peer of bench/quality-cpu.ts.

Reads JSON lines: first the shape {inputs, trunk, tasks, batch, rows, validation, members, adapter, outputs}, then {steps} again
and again, where a step is an epoch of a new training. Answers the version, then the milliseconds that it took, by the clock
and of the processor. One thread. As in Kindred: BatchEnsemble layers whose first one tells members apart by signs of the
inputs or of the outputs, dropout .1, the norm of the gradient held at 1, AdamW without decay of scales and biases, and after
each epoch the loss of the members' mean prediction of the validation rows with a copy of the parameters kept.
"""

import json
import math
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError:
    print(json.dumps({}), flush=True)
    sys.exit(3)

DROPOUT = 0.1


class Layer(nn.Module):
    def __init__(self, members, inputs, outputs, first, by_input):
        super().__init__()
        limit = 1 / math.sqrt(inputs)
        signs = lambda width: torch.randint(0, 2, (members, 1, width)) * 2.0 - 1
        self.weight = nn.Parameter(torch.empty(inputs, outputs).uniform_(-limit, limit))
        self.scaled = not first or by_input
        if self.scaled:
            self.input = nn.Parameter(signs(inputs) if first else torch.ones(members, 1, inputs))
        by_output = first and not by_input
        self.output = nn.Parameter(signs(outputs) if by_output else torch.ones(members, 1, outputs))
        self.bias = nn.Parameter(torch.zeros(members, 1, outputs))

    def forward(self, x):
        z = (x * self.input if self.scaled else x) @ self.weight
        return torch.addcmul(self.bias, z, self.output)


class Network(nn.Module):
    def __init__(self, shape):
        super().__init__()
        members, widths = shape["members"], [shape["inputs"], *shape["trunk"]]
        by_input = shape["adapter"] == "input"
        self.layers = nn.ModuleList(
            Layer(members, a, b, i == 0, by_input) for i, (a, b) in enumerate(zip(widths, widths[1:]))
        )
        self.outputs = [int(width) for width in shape["outputs"].split(",")]
        limit = math.sqrt(6 / (widths[-1] + 1))
        self.weight = nn.Parameter(torch.empty(members, widths[-1], sum(self.outputs)).uniform_(-limit, limit))
        self.bias = nn.Parameter(torch.zeros(members, 1, sum(self.outputs)))

    def forward(self, x):
        for layer in self.layers:
            x = F.dropout(torch.relu(layer(x)), DROPOUT, self.training)
        return torch.baddbmm(self.bias, x, self.weight).split(self.outputs, -1)


def loss_of(output, target):
    if output.shape[-1] == 1:
        return (output[..., 0] - target).square().mean()
    return F.cross_entropy(output.flatten(0, 1), target.repeat(output.shape[0]))


def loss_of_mean(output, target):
    if output.shape[-1] == 1:
        return (output.mean(0)[:, 0] - target).square().mean()
    return F.nll_loss(output.softmax(-1).mean(0).clamp_min(1e-30).log(), target)


def train(shape, epochs, data):
    (x, y), (held_x, held_y) = data
    network = Network(shape)
    decayed = [p for name, p in network.named_parameters() if name.endswith("weight")]
    others = [p for name, p in network.named_parameters() if not name.endswith("weight")]
    groups = [{"params": decayed, "weight_decay": 3e-4}, {"params": others, "weight_decay": 0}]
    optimizer = torch.optim.AdamW(groups, lr=2e-3, fused=True)
    best = math.inf
    for _ in range(epochs):
        network.train()
        for rows in torch.randperm(shape["rows"]).split(shape["batch"]):
            optimizer.zero_grad(set_to_none=True)
            sum(loss_of(z, t[rows]) for z, t in zip(network(x[rows]), y)).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1)
            optimizer.step()
        network.eval()
        with torch.no_grad():
            loss = sum(loss_of_mean(z, t).item() for z, t in zip(network(held_x), held_y))
            if loss < best:
                best, kept = loss, [p.clone() for p in network.parameters()]


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = json.loads(sys.stdin.readline())
    widths = [int(width) for width in shape["outputs"].split(",")]

    def drawn(rows):
        targets = [torch.randn(rows) if w == 1 else torch.randint(w, (rows,)) for w in widths]
        return torch.randn(rows, shape["inputs"]), targets

    data = drawn(shape["rows"]), drawn(shape["validation"])
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        epochs = json.loads(line)["steps"]
        start, processor = time.perf_counter(), time.process_time()
        train(shape, epochs, data)
        spent = {
            "ms": (time.perf_counter() - start) * 1000,
            "processorMs": (time.process_time() - processor) * 1000,
        }
        print(json.dumps(spent), flush=True)


main()
