"""Training steps in LibMTL's own loop: the peer of bench/heads-libmtl.ts and bench/jacobian.ts.

Reads JSON lines: first the shape {inputs, trunk, head, tasks, batch, rows, weighting, rowByRow}, then {steps} again and
again. Answers the version, then the milliseconds that the steps took, by the clock and of the processor. One thread.

LibMTL's `Trainer.train` runs as it is, with hard sharing (HPS), equal weighting (EW) unless another is named, and its
Adam. Around it stands only what it needs to run on tables without a GPU: the device, which it fixes to "cuda:0"; the
`next` method that it calls on the iterator of a `DataLoader`, which newer ones lack; squared error as its loss and mean
absolute error as its metric, since it asks for a metric of every task. With "rowByRow" the loader takes rows one by one
and collates them, which is what a `DataLoader` does unless told otherwise and what LibMTL's examples do; without, it
gathers whole batches. The trainer's clock is replaced by one that also reads processor time, and what it prints is
dropped. Only the training pass of an epoch is counted, not the test pass over one batch that follows.
"""

import contextlib
import functools
import io
import json
import sys
import time
import types
from importlib.metadata import version

try:
    import torch

    # LibMTL's image models, unused here, ask for a module that torchvision no longer has.
    moved = types.ModuleType("torchvision.models.utils")
    moved.load_state_dict_from_url = torch.hub.load_state_dict_from_url
    sys.modules[moved.__name__] = moved
    from LibMTL import Trainer
    from LibMTL.architecture import HPS
    from LibMTL.loss import AbsLoss
    from LibMTL.metrics import AbsMetric
    from LibMTL import weighting
    from torch import nn
    from torch.utils.data import DataLoader, Dataset
except ImportError:
    print(json.dumps({}), flush=True)
    sys.exit(3)


for kept in (nn.Module, torch.optim.Optimizer):
    kept.zero_grad = functools.partialmethod(kept.zero_grad, set_to_none=False)


# what LibMTL's own command line has as defaults
WEIGHT_ARGS = {
    "MGDA": {"mgda_gn": "none"},
    "GradVac": {"beta": 0.5},
}


class SquaredError(AbsLoss):
    def compute_loss(self, pred, gt):
        return nn.functional.mse_loss(pred, gt)


class AbsoluteError(AbsMetric):
    def update_fun(self, pred, gt):
        self.record.append(torch.abs(pred - gt).mean().item())
        self.bs.append(pred.size()[0])

    def score_fun(self):
        return [sum(r * b for r, b in zip(self.record, self.bs)) / sum(self.bs)]


class TableTrainer(Trainer):
    def _prepare_model(self, *parts):
        self.device = torch.device("cpu")
        super()._prepare_model(*parts)
        for parameter in self.model.parameters():
            parameter.grad = torch.zeros_like(parameter)


class Table(Dataset):
    """Rows of inputs, each with a dictionary of labels."""

    def __init__(self, inputs, targets, rows):
        self.inputs, self.targets, self.rows = inputs, targets, rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, at):
        row = self.rows[at]
        labels = self.targets[row].split(1)
        return self.inputs[row], {f"task{t}": label for t, label in enumerate(labels)}


class WholeBatches(Table):
    """Whole batches gathered at once: `rows` has a row of row numbers for each."""

    def __getitem__(self, at):
        rows = self.rows[at]
        labels = self.targets[rows].split(1, dim=1)
        return self.inputs[rows], {f"task{t}": label for t, label in enumerate(labels)}


class Loader(DataLoader):
    """A loader whose iterator has the `next` method that LibMTL calls."""

    def __iter__(self):
        batches = super().__iter__()
        batches.next = batches.__next__
        return batches


def loader_of(shape, inputs, targets, steps):
    if shape.get("rowByRow"):
        rows = torch.randint(len(inputs), (steps * shape["batch"],))
        return Loader(Table(inputs, targets, rows), batch_size=shape["batch"])
    rows = torch.randint(len(inputs), (steps, shape["batch"]))
    return Loader(WholeBatches(inputs, targets, rows), batch_size=None)


def trainer_of(shape):
    widths = [shape["inputs"], *shape["trunk"]]

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            layers = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
            self.layers = nn.Sequential(*layers)

        def forward(self, x):
            return self.layers(x)

    names = [f"task{t}" for t in range(shape["tasks"])]
    head = shape["head"]
    decoders = nn.ModuleDict(
        {name: nn.Sequential(nn.Linear(widths[-1], head), nn.ReLU(), nn.Linear(head, 1)) for name in names}
    )
    tasks = {
        name: {"metrics": ["MAE"], "metrics_fn": AbsoluteError(), "loss_fn": SquaredError(), "weight": [1]}
        for name in names
    }
    return TableTrainer(
        task_dict=tasks,
        weighting=getattr(weighting, shape.get("weighting", "EW")),
        architecture=HPS,
        encoder_class=Encoder,
        decoders=decoders,
        rep_grad=False,
        multi_input=False,
        optim_param={"optim": "adam", "lr": 1e-3},
        scheduler_param=None,
        weight_args=WEIGHT_ARGS.get(shape.get("weighting"), {}),
        arch_args={},
    )


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = json.loads(sys.stdin.readline())
    inputs = torch.randn(shape["rows"], shape["inputs"])
    targets = torch.randn(shape["rows"], shape["tasks"])
    with contextlib.redirect_stdout(io.StringIO()):
        trainer = trainer_of(shape)
    marks = []

    def record_time(mode="begin"):
        now = time.perf_counter()
        marks.append((now, time.process_time()))
        trainer.meter.beg_time = trainer.meter.end_time = now

    trainer.meter.record_time = record_time
    print(json.dumps({"version": version("LibMTL")}), flush=True)

    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        marks.clear()
        with contextlib.redirect_stdout(io.StringIO()):
            trainer.train(
                loader_of(shape, inputs, targets, steps),
                loader_of(shape, inputs, targets, 1),
                epochs=1,
            )
        begin, end = marks[0], marks[1]
        spent = {"ms": (end[0] - begin[0]) * 1000, "processorMs": (end[1] - begin[1]) * 1000}
        print(json.dumps(spent), flush=True)


main()
