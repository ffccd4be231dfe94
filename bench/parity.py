"""Checks that a run's ONNX file gives in Python what `kindred predict` gave.

Usage: python bench/parity.py <run folder> <data.csv> <predictions.csv | .parquet> [--missing TEXT ...]

Reads only public things: the model's inputs (one per raw column: float32 or float64 `[batch]`, missing NaN; string
`[batch]`, missing ""), its outputs (`<task>`, `<task>_probabilities`), the CSV as text, and `model.json` for the types of the
inputs and the names of the classes. Numbers must agree to 1e-5 (relative above 1), labels exactly.
Needs `pip install onnxruntime numpy`, for Parquet also `pyarrow`. Exits 1 when anything differs.
"""

import argparse
import csv
import datetime
import json
import pathlib
import sys

import numpy as np
import onnxruntime

TOLERANCE = 1e-5  # float32 sums taken in another order differ by a few units in the seventh digit
EPOCH = datetime.date(1970, 1, 1)
MISSING_NUMBERS = {"na", "n/a", "#n/a", "nan", "null", "none", "?", ".", "-", "--"}
MISSING_SIGNS = {".", "?"}
TRUTH = {"true": 1.0, "yes": 1.0, "t": 1.0, "y": 1.0, "false": 0.0, "no": 0.0, "f": 0.0, "n": 0.0}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("run", type=pathlib.Path)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("predictions", type=pathlib.Path)
    arguments.add_argument("--missing", action="append", default=[], metavar="TEXT", help="a spelling of a missing value")
    given = arguments.parse_args()

    model = json.loads((given.run / "model.json").read_text(encoding="utf-8"))
    missing = {"", *given.missing}
    codings = {entry["name"]: entry for entry in model["inputs"]}
    columns = read_csv(given.data)
    session = onnxruntime.InferenceSession(given.run / "model.onnx", providers=["CPUExecutionProvider"])
    feeds = {spec.name: feed(spec, columns, codings[spec.name], missing) for spec in session.get_inputs()}
    outputs = dict(zip([spec.name for spec in session.get_outputs()], session.run(None, feeds)))
    expected = read_parquet(given.predictions) if given.predictions.suffix == ".parquet" else read_csv(given.predictions)

    compared, differing = 0, 0
    for task in model["tasks"]:
        name = task["name"]
        pairs = [(name, outputs[name])]
        if f"{name}_probabilities" in outputs:
            probabilities = outputs[f"{name}_probabilities"]
            classes = task["coding"].get("classes") or range(task["coding"]["clusters"])
            pairs += [(f"{name}.{label}", probabilities[:, k]) for k, label in enumerate(classes)]
        for column, values in pairs:
            if column not in expected:
                continue
            compared += 1
            worst = difference(values, expected[column])
            differing += worst > TOLERANCE
            print(f"{'ok ' if worst <= TOLERANCE else 'BAD'} {column}: largest difference {worst:.2e} over {len(values)} rows")
    if compared == 0:
        sys.exit("parity: the predictions have no column of any task")
    print(f"{compared - differing} columns agree, {differing} differ")
    sys.exit(1 if differing else 0)


def read_csv(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def read_parquet(path):
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path).to_pydict()


def feed(spec, columns, coding, missing):
    if spec.name not in columns:
        sys.exit(f"parity: the data have no column {spec.name}, which the model reads")
    cells = [cell.strip() for cell in columns[spec.name]]
    if spec.type == "tensor(string)":
        known = set(coding.get("levels", coding.get("order", [])))
        signs = MISSING_NUMBERS if "order" in coding else MISSING_SIGNS
        gone = [cell in missing or (cell not in known and cell.lower() in signs) for cell in cells]
        return np.array(["" if absent else cell for absent, cell in zip(gone, cells)], dtype=object)
    number = {"date": days, "boolean": truth}.get(coding["type"], float)
    absent = [cell in missing or cell.lower() in MISSING_NUMBERS for cell in cells]
    dtype = np.float64 if spec.type == "tensor(double)" else np.float32
    return np.array([np.nan if gone else number(cell) for gone, cell in zip(absent, cells)], dtype=dtype)


def days(cell):
    moment = datetime.datetime.fromisoformat(cell)
    midnight = datetime.datetime.combine(EPOCH, datetime.time(), moment.tzinfo)
    return (moment - midnight) / datetime.timedelta(days=1)


def truth(cell):
    return TRUTH[cell.lower()] if cell.lower() in TRUTH else float(cell)


def difference(values, expected):
    """Largest difference; infinite where labels differ or only one side is missing."""
    if len(values) != len(expected):
        return float("inf")
    return max((cell_difference(a, b) for a, b in zip(values, expected)), default=0.0)


def cell_difference(value, expected):
    if isinstance(value, str):
        return 0.0 if value == text(expected) else float("inf")
    if expected in ("", None):
        return 0.0 if np.isnan(value) else float("inf")
    a, b = float(value), float(expected)
    return abs(a - b) / max(1.0, abs(b)) if np.isfinite(a) and np.isfinite(b) else (0.0 if a == b else float("inf"))


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


main()
