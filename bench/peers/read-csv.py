"""Reads a CSV file by pandas or polars with two threads, types decided by the library.

Arguments: library, file. Prints one JSON object: versions, rows, seconds by the clock and of the processor, and the process' peak
resident set in bytes. Starting Python and importing are not counted.
"""

import json
import os
import resource
import sys
import time

LIBRARY, FILE = sys.argv[1], sys.argv[2]
os.environ["POLARS_MAX_THREADS"] = "2"

try:
    if LIBRARY == "pandas":
        import pandas as library
    else:
        import polars as library
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit(0)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


begun, worked = time.perf_counter(), processor_seconds()
rows = len(library.read_csv(FILE))
print(
    json.dumps(
        {
            "versions": f"{LIBRARY} {library.__version__}",
            "rows": rows,
            "seconds": time.perf_counter() - begun,
            "processorSeconds": processor_seconds() - worked,
            "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
