"""Checks that a model file gives in Python what `kindred predict` gave for the same raw table.

Usage: python bench/parity.py <run folder | model.onnx> <data.csv | .tsv | .jsonl | .parquet> <predictions.csv | .parquet> ...

Takes nothing from Kindred but `model.onnx`: the card in its metadata tells how cells become tensors (`parity_cells.py`) and which
classes probabilities belong to. Several files of predictions are compared with Python and with each other. Numbers must agree to
1e-5 of the value or of the column's mean size, whichever is larger; probabilities to 1e-5; labels exactly, unless the two
probabilities are within 1e-6 of each other. A prediction is missing only where a row belongs to no task of its target.
Needs `pip install onnxruntime numpy`, for Parquet also `pyarrow`. Exits 1 when anything differs.
"""

import argparse
import itertools
import json
import pathlib
import sys
from typing import NamedTuple

import numpy as np
import onnxruntime

from parity_cells import as_text, missing_of, number_cells, read_table, string_cells

TOLERANCE = 1e-5  # float32 sums taken in another order differ by a few units in the seventh digit
TIE = 1e-6  # probabilities that are nearer may have either label
INF = float("inf")


class Column(NamedTuple):
    """A column of predictions: numbers, shares of a class, or labels with the columns that hold their shares."""

    name: str
    kind: str  # "number", "share" or "label"
    values: list
    shares: dict[str, str] = {}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("predictions", type=pathlib.Path, nargs="+")
    given = arguments.parse_args()

    path = given.model / "model.onnx" if given.model.is_dir() else given.model
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    card = json.loads(session.get_modelmeta().custom_metadata_map["kindred.model"])
    raw = read_table(given.data, card.get("text"))
    columns = list(columns_of_tasks(card, predict(session, card, raw), raw))
    sides = {"python": {column.name: column.values for column in columns}}
    for file in given.predictions:
        sides[file.stem] = {name: as_column(values) for name, values in read_table(file).items()}

    compared, differing = 0, 0
    for (a, left), (b, right) in itertools.combinations(sides.items(), 2):
        for column in columns:
            worst = difference(column, left, right)
            compared += 1
            differing += not worst <= TOLERANCE
            print(f"{'ok ' if worst <= TOLERANCE else 'BAD'} {a}-{b} {column.name}: largest difference {worst:.2e}")
    rows = len(next(iter(raw.values())))
    print(f"{compared - differing} pairs of columns agree over {rows} rows, {differing} differ")
    sys.exit(1 if differing or not columns else 0)


def predict(session, card, raw):
    codings = {coding["name"]: coding for coding in card["inputs"]}
    feeds = {}
    for spec in session.get_inputs():
        if spec.name not in raw:
            sys.exit(f"parity: the data have no column {spec.name}, which the model reads")
        coding, missing = codings[spec.name], missing_of(card, spec.name)
        if spec.type == "tensor(string)":
            feeds[spec.name] = string_cells(raw[spec.name], coding, missing)
        else:
            reading = card.get("readings", {}).get(spec.name, {})
            numbers = number_cells(raw[spec.name], coding, missing, reading)
            feeds[spec.name] = numbers.astype(np.float64 if spec.type == "tensor(double)" else np.float32)
    return dict(zip([spec.name for spec in session.get_outputs()], session.run(None, feeds)))


def columns_of_tasks(card, outputs, raw):
    """Columns as `kindred predict` writes them: of a target in the long layout those of each row's own task."""
    tasks = {task["name"]: task for task in card["tasks"]}
    own = {}
    for part in card.get("parts", []):
        if part["by"] in raw:
            by_value = {one["value"]: one["task"] for one in part["tasks"]}
            rows = [own_task(by_value, cell) for cell in raw[part["by"]]]
            own |= {one["task"]: (part["target"], rows) for one in part["tasks"]}
    written = set()
    for name, task in tasks.items():
        target, rows = own.get(name, (name, None))
        if target in written:
            continue
        written.add(target)
        labels = classes_of(task["coding"])
        values = gathered(outputs, "", name, rows)
        if not labels:
            yield Column(target, "number", values)
            continue
        yield Column(target, "label", values, {label: f"{target}.{label}" for label in labels})
        shares = gathered(outputs, "_probabilities", name, rows)
        for k, label in enumerate(labels):
            yield Column(f"{target}.{label}", "share", [None if share is None else share[k] for share in shares])


def own_task(by_value, cell):
    text = as_text(cell).strip()
    try:
        return by_value.get(text) or by_value.get(as_text(float(text)))
    except ValueError:
        return None


def gathered(outputs, suffix, name, rows):
    if rows is None:
        return list(outputs[name + suffix])
    return [None if task is None else outputs[task + suffix][i] for i, task in enumerate(rows)]


def classes_of(coding):
    if coding["kind"] == "clustering":
        return [str(k) for k in range(coding["clusters"])]
    return coding.get("classes", [])


def as_column(values):
    return [None if value in ("", None) else value for value in values]


def difference(column, left, right):
    """Largest difference of two columns; infinite where one is absent or shorter, labels differ, or only one side is missing."""
    a, b = left.get(column.name), right.get(column.name)
    if a is None or b is None or len(a) != len(b):
        return INF
    if column.kind == "label":
        pairs = enumerate(zip(map(label_of, a), map(label_of, b)))
        return 0.0 if all(x == y or is_tie(column, left, i, x, y) for i, (x, y) in pairs) else INF
    size = 1.0 if column.kind == "share" else np.mean([abs(float(x)) for x in a if x is not None] or [1.0])
    return max((number_difference(x, y, size) for x, y in zip(a, b)), default=0.0)


def number_difference(x, y, size):
    if x is None or y is None:
        return 0.0 if x is y else INF
    x, y = float(x), float(y)
    if not (np.isfinite(x) and np.isfinite(y)):
        return INF
    return abs(x - y) / max(size, abs(x), abs(y)) if x != y else 0.0


def label_of(value):
    return None if value is None else as_text(value)


def is_tie(column, left, i, x, y):
    names = [column.shares.get(x), column.shares.get(y)]
    if None in names:
        return False
    a, b = (float(left[name][i]) for name in names)
    return abs(a - b) <= TIE


main()
