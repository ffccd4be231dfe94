"""From a Parquet file to batches for a training step, by pandas or polars and a PyTorch DataLoader.

Arguments: library (pandas or polars), file, rows in a batch, loader (batches or rows). Prints one JSON object: versions, rows,
seconds by the clock and of the processor, and the process' peak resident set in bytes. Reading, turning all columns into one
float32 tensor and one pass over all rows in shuffled batches are counted; starting Python and importing are not.
"""

import json
import resource
import sys
import time

LIBRARY, FILE, BATCH, LOADER = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
THREADS = 2

try:
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    if LIBRARY == "pandas":
        import pandas as library
        import pyarrow

        pyarrow.set_cpu_count(THREADS)
    else:
        import os

        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars as library
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit(0)

torch.set_num_threads(THREADS)


def with_pandas():
    """Strings become the codes of their categories; the array comes column by column and is laid out row by row once."""
    frame = library.read_parquet(FILE, engine="pyarrow")
    for name in frame.columns[frame.dtypes.map(library.api.types.is_string_dtype)]:
        frame[name] = frame[name].astype("category").cat.codes
    return torch.from_numpy(frame.to_numpy(dtype="float32")).contiguous()


def with_polars():
    frame = library.read_parquet(FILE)
    strings = library.selectors.string().cast(library.Categorical).to_physical()
    frame = frame.with_columns(strings).cast(library.Float32)
    return torch.from_numpy(frame.to_numpy(order="c"))


class WholeBatches:
    """Row numbers of whole batches as tensors: a batch is then one gather, where a list of numbers costs more than the rows."""

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(torch.randperm(self.rows).split(BATCH))

    def __len__(self):
        return -(-self.rows // BATCH)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


begun, worked = time.perf_counter(), processor_seconds()
table = {"pandas": with_pandas, "polars": with_polars}[LIBRARY]()
tensor_at = time.perf_counter() - begun
dataset = TensorDataset(table)
if LOADER == "rows":
    loader = DataLoader(dataset, batch_size=BATCH, shuffle=True)
else:
    loader = DataLoader(dataset, sampler=WholeBatches(len(dataset)), batch_size=None)
rows, seen = 0, 0.0
for (batch,) in loader:
    rows += len(batch)
    seen += float(batch[0, 0])
print(
    json.dumps(
        {
            "versions": f"{LIBRARY} {library.__version__}, PyTorch {torch.__version__}",
            "rows": rows,
            "seconds": time.perf_counter() - begun,
            "tensorSeconds": tensor_at,
            "processorSeconds": processor_seconds() - worked,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
