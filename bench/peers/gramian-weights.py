"""How long TorchJD takes to weigh tasks by their Gramian.

Reads a file of {"<tasks>": [gramian, ...]} (rows of numbers) and prints {"versions", "ms": {"<tasks>": {method: milliseconds of
processor time per call}}}; {"missing"} where TorchJD or one of its solvers is not installed. Its default options, one thread.

Usage: python bench/peers/gramian-weights.py FILE
"""
import json
import sys
import time
from importlib.metadata import version

try:
    import torch
    from torchjd.aggregation import (
        AlignedMTLWeighting,
        CAGradWeighting,
        DualProjWeighting,
        FairGradWeighting,
        GradVacWeighting,
        IMTLGWeighting,
        MGDAWeighting,
        PCGradWeighting,
        UPGradWeighting,
    )

    METHODS = {
        "aligned-mtl": AlignedMTLWeighting(),
        "cagrad": CAGradWeighting(c=0.4),
        "dualproj": DualProjWeighting(),
        "fairgrad": FairGradWeighting(alpha=1.0),
        "gradvac": GradVacWeighting(beta=0.01),
        "imtl-g": IMTLGWeighting(),
        "mgda": MGDAWeighting(),
        "pcgrad": PCGradWeighting(),
        "upgrad": UPGradWeighting(),
    }
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit()

torch.set_num_threads(1)
LEAST = 0.2  # seconds of calls, after one that is not counted


def measure(weighting, gramians):
    weighting(gramians[0])
    calls, start = 0, time.process_time()
    while time.process_time() - start < LEAST:
        weighting(gramians[calls % len(gramians)])
        calls += 1
    return (time.process_time() - start) / calls * 1e3


with open(sys.argv[1]) as file:
    sets = {tasks: [torch.tensor(G, dtype=torch.float64) for G in all] for tasks, all in json.load(file).items()}
print(
    json.dumps(
        {
            "versions": f"TorchJD {version('torchjd')}, PyTorch {torch.__version__}",
            "ms": {
                tasks: {slug: measure(weighting, all) for slug, weighting in METHODS.items()}
                for tasks, all in sets.items()
            },
        }
    )
)
