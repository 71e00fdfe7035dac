#!/usr/bin/env python3
"""Learns the same flights, in the same order and with the same settings, with Vowpal Wabbit and with Millrace, and
prints the progressive log loss of both.

    python3 src/bench/peers.py [--rows 300000] [--flights ../shared/data/flights-2001h1.csv.gz]

Needs Millrace's distribution (mvn package: target/millrace) and vowpalwabbit 9.11.9 from PyPI, which goes into a
virtual environment under target/peers. Ends with 1 where any two losses differ in the first five digits.

Both sides see the same tokens. Vowpal Wabbit's are numbered, so that none collide; Millrace hashes its own into 2^24
places, where of some 8,000 tokens about two pairs do. Every flight is learned: there is no split here.
"""

import argparse
import gzip
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "peers"
PEERS = ["vowpalwabbit==9.11.9"]

# Millrace's optimizer, and Vowpal Wabbit's options of the same.
SETTINGS = {
    "sgd": (
        "{ kind: sgd, learning-rate: 0.05 }",
        "--sgd --learning_rate 0.05 --power_t 0",
    ),
    "adagrad": (
        "{ kind: adagrad, learning-rate: 0.3 }",
        "--adaptive --learning_rate 0.3 --power_t 0.5",
    ),
    "ftrl": (
        "{ kind: ftrl, learning-rate: 0.1, beta: 1 }",
        "--ftrl --ftrl_alpha 0.1 --ftrl_beta 1",
    ),
    "normalized-adaptive": (
        "{ kind: normalized-adaptive, learning-rate: 0.5 }",
        "--learning_rate 0.5 --power_t 0.5",
    ),
}

SPEC = """
model: peers
events: {{ topic: peers, format: json }}
split: {{ group: [group] }}
label: {{ field: late, above: 0 }}
features:
  - {{ category: origin }}
  - {{ category: destination }}
  - {{ category: route }}
  - {{ category: hour }}
  - {{ category: origin-hour }}
  - {{ category: day }}
  - {{ number: miles, scale: none }}
learn:
  loss: logistic
  optimizer: {optimizer}
  bits: 24
"""

TOKENS = ["origin", "destination", "route", "hour", "origin-hour", "day"]


def flights(path, rows):
    """Yields label, tokens by feature, and thousands of miles of each flight."""
    with gzip.open(path, "rt") as lines:
        next(lines)
        for _, line in zip(range(rows), lines):
            date, delay, distance, origin, destination = line.rstrip("\n").split(",")
            minutes = int(date)
            hour = minutes // 60 % 24
            values = [
                origin,
                destination,
                f"{origin}-{destination}",
                str(hour),
                f"{origin}-{hour}",
                str(minutes // 1440 % 7),
            ]
            yield int(delay) > 15, dict(zip(TOKENS, values)), int(distance) / 1000


def write(path, rows):
    """Writes the flights for both; returns the files."""
    ids = {}
    ours, theirs = WORK / "flights.jsonl", WORK / "flights.vw"
    with open(ours, "w") as json_lines, open(theirs, "w") as vw_lines:
        for late, tokens, miles in flights(path, rows):
            json_lines.write(json.dumps({"late": int(late), "group": 0, "miles": miles, **tokens}) + "\n")
            numbers = (str(ids.setdefault(token, len(ids) + 1)) for token in tokens.items())
            vw_lines.write(f"{1 if late else -1} | {' '.join(numbers)} 9999999:{miles}\n")
    return ours, theirs


def millrace(optimizer, file):
    spec = WORK / "peers.yaml"
    spec.write_text(SPEC.format(optimizer=optimizer))
    command = [ROOT / "target/millrace/bin/millrace", "replay", "--spec", spec, "--train-share", "all", file]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"^train +model .*?log-loss ([0-9.]+)", printed, re.M).group(1))


def vowpal_wabbit(options, file):
    import vowpalwabbit

    learner = vowpalwabbit.Workspace(f"{options} --loss_function logistic --bit_precision 24 --quiet --no_stdin")
    with open(file) as lines:
        for line in lines:
            learner.learn(line)
    loss = learner.get_sum_loss() / learner.get_weighted_examples()
    learner.finish()
    return loss


def in_environment():
    """Goes on in the virtual environment, which it makes if it is not there."""
    python = WORK / "venv/bin/python"
    if sys.prefix == str(python.parents[1]):
        return
    try:
        import vowpalwabbit  # noqa: F401
    except ImportError:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def main():
    arguments = argparse.ArgumentParser(description="Compares losses with Vowpal Wabbit's.")
    arguments.add_argument("--rows", type=int, default=300_000)
    arguments.add_argument("--flights", type=pathlib.Path, default=ROOT / "../shared/data/flights-2001h1.csv.gz")
    given = arguments.parse_args()
    if not given.flights.exists():
        sys.exit(f"--flights = {given.flights} is not there: expected the CSV of flights")
    WORK.mkdir(parents=True, exist_ok=True)
    in_environment()

    ours, theirs = write(given.flights, given.rows)
    print(f"{given.rows:,} flights, progressive log loss")
    print(f"{'optimizer':<22}{'Vowpal Wabbit':>14}{'Millrace':>12}")
    different = False
    for name, (optimizer, options) in SETTINGS.items():
        peer, own = vowpal_wabbit(options, theirs), millrace(optimizer, ours)
        same = f"{peer:.5f}" == f"{own:.5f}"
        different |= not same
        print(f"{name:<22}{peer:>14.6f}{own:>12.5f}{'' if same else '  differs'}", flush=True)
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
