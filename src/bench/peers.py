#!/usr/bin/env python3
"""Learns the same examples, in the same order and with the same settings, with Millrace and with its peers, and prints
the progressive losses of both.

    python3 src/bench/peers.py [--rows 300000]

- Vowpal Wabbit: flights, four optimizers. Beside it scikit-learn's SGDClassifier with the settings of sgd.
- River: its own pipelines on data sets of its own, StandardScaler | LogisticRegression on Phishing and
  StandardScaler | LinearRegression on ChickWeights.

Needs Millrace's distribution (mvn package: target/millrace). The peers come from PyPI into a virtual environment under
target/peers; `--install` makes only that. Ends with 1 where a loss of Vowpal Wabbit's or River's differs from Millrace's
in the first five digits.

All sides see the same flights: the first of those that ship with Millrace, each learned, as there is no split here. Tokens
are numbered for the peers, so that none collide; Millrace hashes its own into 2^24 places, and by these names of the
features none of the million flights' 7,380 tokens collide there. (With other names some one or two pairs do, and then the
fifth digit may differ.)
"""

import argparse
import itertools
import json
import math
import re
import subprocess
import sys

from common import ROOT, SETTINGS, WORK, in_environment

SPEC = """
model: peers
events: {{ topic: peers, format: json }}
split: {{ group: [group] }}
label: {label}
features:
{features}
learn:
  loss: {loss}
  optimizer: {optimizer}
  bits: 24
"""

FLIGHT_FEATURES = """
  - { category: origin }
  - { category: destination }
  - { category: leg }
  - { category: hour }
  - { category: origin-hour }
  - { category: day }
  - { number: miles, scale: none }
"""

TOKENS = ["origin", "destination", "leg", "hour", "origin-hour", "day"]


def flights(rows):
    """Yields label, tokens by feature, and thousands of miles of each flight."""
    import fastavro

    with open(ROOT / "src/main/resources/flights.avro", "rb") as file:
        for flight in itertools.islice(fastavro.reader(file), rows):
            origin, destination, minutes = flight["origin"], flight["destination"], flight["date"]
            hour = minutes // 60 % 24
            values = [
                origin,
                destination,
                f"{origin}-{destination}",
                str(hour),
                f"{origin}-{hour}",
                str(minutes // 1440 % 7),
            ]
            yield flight["delay"] > 15, dict(zip(TOKENS, values)), flight["distance"] / 1000


def write(rows):
    """Writes the flights for all; returns the files of Millrace and Vowpal Wabbit, and rows for scikit-learn."""
    ids = {}
    ours, theirs, sparse = WORK / "flights.jsonl", WORK / "flights.vw", []
    with open(ours, "w") as json_lines, open(theirs, "w") as vw_lines:
        for late, tokens, miles in flights(rows):
            json_lines.write(json.dumps({"late": int(late), "group": 0, "miles": miles, **tokens}) + "\n")
            numbers = [ids.setdefault(token, len(ids) + 1) for token in tokens.items()]
            vw_lines.write(f"{1 if late else -1} | {' '.join(map(str, numbers))} 9999999:{miles}\n")
            sparse.append((int(late), numbers, miles))
    return ours, theirs, sparse


def millrace(label, features, loss, optimizer, file):
    """The figures that a replay prints, by name."""
    spec = WORK / "peers.yaml"
    spec.write_text(SPEC.format(label=label, features=features.strip("\n"), loss=loss, optimizer=optimizer))
    command = [ROOT / "target/millrace/bin/millrace", "replay", "--spec", spec, "--train-share", "all", file]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures = re.search(r"^train +model +(.*)$", printed, re.M).group(1).split()
    return dict(zip(figures[::2], map(float, figures[1::2])))


def vowpal_wabbit(options, file):
    import vowpalwabbit

    learner = vowpalwabbit.Workspace(f"{options} --loss_function logistic --bit_precision 24 --quiet --no_stdin")
    with open(file) as lines:
        for line in lines:
            learner.learn(line)
    loss = learner.get_sum_loss() / learner.get_weighted_examples()
    learner.finish()
    return loss


def scikit_learn(rows):
    """SGDClassifier with the settings of sgd, a row at a time: its mean log loss before each step."""
    import numpy
    import scipy.sparse
    import sklearn
    from sklearn.linear_model import SGDClassifier

    width = 2 + max(max(numbers) for _, numbers, _ in rows)
    # The constant is a feature: an intercept of SGDClassifier's own has a slower rate with sparse rows.
    learner = SGDClassifier("log_loss", penalty=None, learning_rate="constant", eta0=0.05, fit_intercept=False)
    sum_of_losses = 0.0
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        for label, numbers, miles in rows:
            indices = numpy.array([0, *numbers, width - 1], dtype=numpy.int32)
            values = numpy.array([1.0] * (1 + len(numbers)) + [miles])
            margin = learner.coef_[0, indices] @ values if hasattr(learner, "coef_") else 0.0
            sum_of_losses += math.log1p(math.exp(-margin if label else margin))
            ends = numpy.array([0, len(values)], dtype=numpy.int32)
            row = scipy.sparse.csr_matrix((values, indices, ends), shape=(1, width))
            learner.partial_fit(row, [label], classes=[0, 1])
    return sum_of_losses / len(rows)


def against_flights(rows):
    """Whether Vowpal Wabbit and Millrace agree about flights."""
    ours, theirs, sparse = write(rows)
    print(f"{rows:,} flights, progressive log loss")
    print(f"{'optimizer':<22}{'Vowpal Wabbit':>14}{'Millrace':>12}{'scikit-learn':>14}")
    agree = True
    for name, (optimizer, options) in SETTINGS.items():
        peer = vowpal_wabbit(options, theirs)
        own = millrace("{ field: late, above: 0 }", FLIGHT_FEATURES, "logistic", optimizer, ours)["log-loss"]
        other = f"{scikit_learn(sparse):>14.6f}" if name == "sgd" else ""
        agree &= same(peer, own)
        print(f"{name:<22}{peer:>14.6f}{own:>12.5f}{other}{'' if same(peer, own) else '  differs'}", flush=True)
    return agree


def against_river():
    """Whether River and Millrace agree about River's data sets."""
    from river import datasets, linear_model

    return river(
        datasets.Phishing(),
        linear_model.LogisticRegression(),
        lambda model, x: model.predict_proba_one(x)[True],
        {"log-loss": lambda p, y: -math.log(p if y else 1 - p)},
        ("{ field: is_phishing, above: 0 }", "logistic"),
    ) & river(
        datasets.ChickWeights(),
        linear_model.LinearRegression(),
        lambda model, x: model.predict_one(x),
        {"mae": lambda p, y: abs(p - y), "rmse": lambda p, y: (p - y) ** 2},
        ("{ field: weight }", "squared"),
    )


def river(dataset, learner, predict, losses, settings):
    """Whether both agree about one data set, with the settings that River's learners have if none are given."""
    from river import preprocessing

    model = preprocessing.StandardScaler() | learner
    field, (label, loss) = re.search(r"field: (\w+)", settings[0]).group(1), settings
    sums, count, names = dict.fromkeys(losses, 0.0), 0, {}
    file = WORK / "river.jsonl"
    with open(file, "w") as lines:
        for x, y in dataset:
            prediction = predict(model, x)
            for name, cost in losses.items():
                sums[name] += cost(prediction, y)
            model.learn_one(x, y)
            lines.write(json.dumps({**x, field: int(y), "group": 0}) + "\n")
            count, names = count + 1, x
    features = "\n".join(f"  - {{ number: {name}, scale: standard-inclusive }}" for name in names)
    own = millrace(label, features, loss, "{ kind: sgd, learning-rate: 0.01 }", file)
    agree = True
    print(f"\n{type(dataset).__name__}, {count:,} examples: StandardScaler | {type(learner).__name__}")
    print(f"{'progressive':<22}{'River':>14}{'Millrace':>12}")
    for name, total in sums.items():
        peer = math.sqrt(total / count) if name == "rmse" else total / count
        agree &= same(peer, own[name])
        print(f"{name:<22}{peer:>14.6f}{own[name]:>12.5f}{'' if same(peer, own[name]) else '  differs'}", flush=True)
    return agree


def same(peer, own):
    """Whether two figures have the same first five digits."""
    return f"{peer:.5g}" == f"{own:.5g}"


def main():
    arguments = argparse.ArgumentParser(description="Compares losses with those of other learners.")
    arguments.add_argument("--rows", type=int, default=300_000, help="flights, at most 1,000,000")
    arguments.add_argument("--install", action="store_true", help="only make the virtual environment")
    given = arguments.parse_args()
    in_environment(__file__)
    if given.install:
        return
    agree = against_flights(given.rows) & against_river()
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
