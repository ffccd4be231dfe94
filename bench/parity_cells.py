"""Reads the cells of a raw table as Kindred's card of a model says, with nothing but Python's own readers.

A second implementation of docs/data.md, "Delimited text" and "Column types and encoders", on purpose: it shares no code with
Kindred, so that the two can be compared.
"""

import csv
import datetime
import io
import json
import math
import re

import numpy as np

BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
MISSING_NUMBERS = {"na", "n/a", "#n/a", "nan", "null", "none", "?", ".", "-", "--"}
MISSING_SIGNS = {".", "?"}
TRUTH = {"true": 1.0, "t": 1.0, "false": 0.0, "f": 0.0}
DECLARED_TRUTH = {**TRUTH, "yes": 1.0, "y": 1.0, "1": 1.0, "no": 0.0, "n": 0.0, "0": 0.0}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
EPOCH = datetime.datetime(1970, 1, 1)
DAY = 86_400.0
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "space": " "}

PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
CURRENCIES = "$€£¥₹"
CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(\.\d+)?)?(?: ?([ap])\.?m\.?)?(?: ?(z|utc|gmt|[+-]\d\d(?::?\d\d)?))?", re.ASCII
)
DATE_PARTS = {
    "y/m/d": (r"(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})",),
    "d.m.y": (r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",),
    "d/m/y": (r"(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})",),
    "m/d/y": (r"(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>\d{4})",),
    "d mon y": (r"(?:[a-z]{3,9}\.?,? )?(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -](?P<m>[a-z]{3,9})\.?,?[ -](?P<y>\d{4})",),
    "mon d y": (r"(?:[a-z]{3,9}\.?,? )??(?P<m>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",),
}
ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", re.ASCII)


def read_table(path, text=None):
    """Columns of a CSV, JSON Lines or Parquet file by name: strings, and where the format has them numbers, booleans and None."""
    if path.suffix == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path).to_pydict()
    settings = text or {}
    content = path.read_bytes().decode(settings.get("encoding") or "utf-8-sig").removeprefix("\ufeff")
    if path.suffix == ".jsonl":
        return columns_of([json.loads(line) for line in content.split("\n") if line.strip()])
    named = settings.get("delimiter") or ("tab" if path.suffix == ".tsv" else "comma")
    delimiter = DELIMITERS.get(named, named)
    header, *rows = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    return {name.strip(BLANKS): [row[i] for row in rows] for i, name in enumerate(header)}


def columns_of(records):
    """Columns of objects, one a row; a list of numbers becomes the columns `name[0]`, `name[1]` and so on."""
    flat = [dict(pair for key, value in record.items() for pair in places(key, value)) for record in records]
    names = dict.fromkeys(name for record in flat for name in record)
    return {name: [record.get(name) for record in flat] for name in names}


def places(key, value):
    return [(f"{key}[{i}]", one) for i, one in enumerate(value)] if isinstance(value, list) else [(key, value)]


def missing_of(card, name):
    """Spellings of a missing value in a column."""
    listed = card.get("missing", [])
    return set(listed if isinstance(listed, list) else [*listed.get("*", []), *listed.get(name, [])])


def string_cells(cells, coding, missing):
    """Cells of a category of words, an order of words or a text: the empty string where missing."""
    known = set(coding.get("levels", [])) if coding["type"] == "category" else set(coding.get("order", []))

    def one(cell):
        text = as_text(cell).strip(BLANKS)
        if text in missing or text in known:
            return "" if text in missing else text
        gone = text.lower() in MISSING_NUMBERS if "order" in coding else text in MISSING_SIGNS
        return "" if gone else text.replace("\0", "\ufffd")

    return np.array([one(cell) for cell in cells], dtype=object)


def number_cells(cells, coding, missing, reading):
    """Cells of all other types as double precision: NaN where missing."""
    listed = {float(text) for text in missing if PLAIN.fullmatch(text)}

    def one(cell):
        if cell is None:
            return math.nan
        if isinstance(cell, (int, float)):  # of JSON, also booleans
            return math.nan if not isinstance(cell, bool) and float(cell) in listed else float(cell)
        text = cell.strip(BLANKS)
        if text == "" or text in missing:
            return math.nan
        value = number_of(text, coding["type"], reading)
        if value is None:
            if text.lower() not in MISSING_NUMBERS:
                raise ValueError(f"column {coding['name']}: cannot read {text!r} as {coding['type']}")
            return math.nan
        return math.nan if value in listed and coding["type"] != "date" else value

    return np.array([one(cell) for cell in cells], dtype=np.float64)


def number_of(text, kind, reading):
    if kind == "boolean":
        return DECLARED_TRUTH.get(text.lower())
    if kind == "date":
        days = date_of(text.lower(), reading.get("dates"))
        return plain_number(text) if days is None else days
    form = reading.get("numbers")
    value = formed_number(text, form) if form else plain_number(text)
    return TRUTH.get(text.lower()) if value is None and kind != "embedding" else value


def plain_number(text):
    return float(text) if PLAIN.fullmatch(text) else None


def formed_number(text, form):
    """A number with marks of its own, such as `1.234,5`, `(1,234)`, `12 %` or `$5`."""
    body = re.sub("[\u00a0\u2007\u2009\u202f]", " ", text).replace("\u2019", "'").replace("\u2212", "-")
    bracketed = "(" in body
    for sign in [form.get("unit", ""), *f"()%{CURRENCIES}"]:
        body = body.replace(sign, "")
    body = body.strip()
    negative = bracketed or body.startswith("-")
    body = body.lstrip("+- ")
    if form.get("group"):
        body = body.replace(form["group"], "")
    if form["decimal"] == ",":
        body = body.replace(",", ".")
    value = plain_number(body)
    return value if value is None else math.copysign(value, -1.0 if negative else 1.0)


def date_of(text, form):
    """Days since 1970 in UTC of a date in a form or in ISO 8601; for `time` the share of the day. `text` is in lower case."""
    if form == "time":
        return clock_of(text)
    patterns = [*(re.compile(one, re.ASCII) for one in DATE_PARTS.get(form, ())), ISO]
    for pattern in patterns:
        match = pattern.match(text)
        if match is None:
            continue
        month = match["m"] if match["m"].isdigit() else 1 + MONTHS.index(match["m"][:3])
        midnight = datetime.datetime(int(match["y"]), int(month), int(match["d"]))
        rest = re.sub(r"^(?: |t|, )", "", text[match.end() :])
        return (midnight - EPOCH).days + (clock_of(rest) if rest else 0.0)
    return None


def clock_of(text):
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds, fraction, half, zone = match.groups()
    hour = int(hours) if half is None else int(hours) % 12 + 12 * (half == "p")
    offset = 0
    if zone is not None and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if zone[0] == "-" else 1)
    return (hour * 3600 + int(minutes) * 60 + int(seconds or 0) + float(fraction or 0) - offset) / DAY


def as_text(value):
    """A value as the text that stands in CSV for it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)
