#!/usr/bin/env python3
"""Speed beside other libraries, in turns in one run: the same examples, the same settings, the losses of all.

    python3 src/bench/speed.py [--rounds 7] [--only narrow-18,wide-18,wide-22,layers]

- Millrace: a whole trainer, with metrics of the model and of two baselines, in a warm JVM of its own for each optimizer and
  set, as a trainer has one spec, that answers round by round (PeerSpeed.java). Beside it the bare loop of dot product,
  slope and step, in another, and by how much processor time that grows with marks of dirty cells and digests.
- Vowpal Wabbit: from its binary cache, wall time less that of a run without examples. It reads the cache in a thread of
  its own.
- scikit-learn: SGDClassifier.partial_fit in batches of 1,000, time in partial_fit alone; its loss is that of each batch
  before it is learned. It has no FTRL and no AdaGrad, so it has the settings of sgd.
- Layers: a whole step of Millrace (load, forward, loss, backward, sgd), MLPClassifier.partial_fit with solver sgd and no
  momentum or penalty, and the bare matrix products of the step by OpenBLAS, through JavaCPP and through numpy. One thread.

Medians of the rounds, after two that do not count. All have one thread and are compared by its processor time, but for
Vowpal Wabbit, beside which time is that of the clock: it wants a machine that is quiet. Needs Maven and a JDK 25 for the classes, and PyPI for the others, once.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

from common import ROOT, SETTINGS, WORK, in_environment

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

WARM_UP = 2
# Rounds until a JVM has compiled what it runs, others not in turn.
COMPILED = 8
SETS = {"narrow-18": 18, "wide-18": 18, "wide-22": 22}
NETS = ("64-128-64-1", "256-512-256-10")
BATCHES = (32, 256)
MILLISECONDS = 500
DATA = WORK / "speed"


CLASSPATH = WORK / "classpath.txt"


def compile_classes():
    maven = ["mvn", "-q", "test-compile", "dependency:build-classpath", f"-Dmdep.outputFile={CLASSPATH}"]
    subprocess.run([*maven, "-Dmdep.includeScope=test"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


class Millrace:
    """A warm JVM that answers lines with numbers."""

    def __init__(self):
        classpath = CLASSPATH.read_text().strip()
        java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
        options = ["-Xmx3g", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"]
        flights = os.environ.get("FLIGHTS", ROOT.parent / "shared/data/flights-2001h1.csv.gz")
        classes = f"{ROOT}/target/test-classes:{ROOT}/target/classes:{classpath}"
        self.process = subprocess.Popen(
            [java, *options, f"-Dbench.flights={flights}", "-cp", classes, "io.millrace.bench.Bench", "peers", DATA],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.cpu = self.line()

    def line(self):
        """The rest of the next line that is an answer."""
        for line in self.process.stdout:
            if line.startswith("ready "):
                return line[len("ready ") :].strip()
        raise RuntimeError("Millrace's side has ended")

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return [float(number) for number in self.line().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class VowpalWabbit:
    """One optimizer over one set, from a cache."""

    def __init__(self, name, optimizer):
        self.options = f"{SETTINGS[optimizer][1]} --loss_function logistic -b {SETS[name]} --noconstant --quiet"
        self.file = DATA / f"{name}.vw"
        self.empty = DATA / "empty.vw"
        self.empty.touch()
        self.round()  # which makes the caches

    def run(self, file):
        import vowpalwabbit

        start = time.perf_counter()
        learner = vowpalwabbit.Workspace(f"-d {file} --cache_file {file}.cache {self.options}")
        seconds = time.perf_counter() - start
        examples = learner.get_weighted_examples()
        loss = learner.get_sum_loss() / examples if examples else 0
        learner.finish()
        return seconds, loss

    def round(self):
        seconds, loss = self.run(self.file)
        return 1e9 * (seconds - self.run(self.empty)[0]), loss


class ScikitLearn:
    """SGDClassifier over one set, in batches of 1,000."""

    def __init__(self, name):
        import numpy
        import scipy.sparse

        raw = numpy.fromfile(DATA / f"{name}.columns", dtype="<i4")
        size, entries = raw[:2]
        ends = numpy.concatenate([[0], numpy.cumsum(raw[2 : 2 + size])]).astype(numpy.int32)
        indices = raw[2 + 2 * size : 2 + 2 * size + entries]
        values = raw[2 + 2 * size + entries :].view("<f4").astype(numpy.float64)
        labels = raw[2 + size : 2 + 2 * size].view("<f4").astype(numpy.int64)
        rows = scipy.sparse.csr_matrix((values, indices, ends), shape=(size, 1 << SETS[name]))
        self.batches = [(rows[k : k + 1000], labels[k : k + 1000]) for k in range(0, size, 1000)]
        self.size = size

    def round(self):
        import numpy
        from sklearn.linear_model import SGDClassifier

        # The constant is a feature among the others.
        learner = SGDClassifier("log_loss", penalty=None, learning_rate="constant", eta0=0.05, fit_intercept=False)
        seconds, losses = 0.0, 0.0
        for x, y in self.batches:
            margins = learner.decision_function(x) if hasattr(learner, "coef_") else numpy.zeros(len(y))
            losses += numpy.logaddexp(0, numpy.where(y > 0, -margins, margins)).sum()
            start = time.thread_time()
            learner.partial_fit(x, y, classes=[0, 1])
            seconds += time.thread_time() - start
        return 1e9 * seconds, losses / self.size


def in_turns(rounds, **sides):
    """The medians of what the sides return, which take turns: each runs twice, and the second run counts, so that none
    finds its memory as the side before has left it."""
    figures = {name: [] for name in sides}
    for number in range(WARM_UP + rounds):
        for name, side in sides.items():
            side()
            answer = side()
            if number >= WARM_UP:
                figures[name].append(answer)
    return {name: [statistics.median(column) for column in zip(*answers)] for name, answers in figures.items()}


def examples(name, rounds):
    """The table of one set of examples."""
    millrace = Millrace()
    millrace.ask("write", name)
    millrace.close()
    scikit = ScikitLearn(name)
    print(f"\n{name}: {scikit.size:,} examples, ns an example (progressive log loss)")
    print(f"{'':<22}{'Millrace':>18}{'bare loop':>11}{'kept':>7}{'Vowpal Wabbit':>18}{'ratio':>7}{'scikit-learn':>19}{'ratio':>7}")
    for optimizer in SETTINGS:
        trainer, loops = Millrace(), Millrace()
        sides = {
            "own": lambda optimizer=optimizer: trainer.ask("learn", name, optimizer),
            "bare": lambda optimizer=optimizer: loops.ask("bare", name, optimizer),
            "kept": lambda optimizer=optimizer: loops.ask("kept", name, optimizer),
            "vw": VowpalWabbit(name, optimizer).round,
        }
        for _ in range(COMPILED):
            for side in ("own", "bare", "kept"):
                sides[side]()
        if optimizer == "sgd":
            sides["scikit"] = scikit.round
        medians = in_turns(rounds, **sides)
        trainer.close()
        loops.close()
        if optimizer == "sgd":
            scikit_sgd = medians["scikit"]
        own, bare, kept, vw = (medians[side] for side in ("own", "bare", "kept", "vw"))
        print(
            f"{optimizer:<22}{own[0] / scikit.size:>8.0f} ({own[2]:.5f}){bare[0] / scikit.size:>11.0f}"
            f"{kept[1] / bare[1] - 1:>+6.0%} {vw[0] / scikit.size:>8.0f} ({vw[1]:.5f}){vw[0] / own[0]:>7.1f}"
            f"{scikit_sgd[0] / scikit.size:>9.0f} ({scikit_sgd[1]:.5f}){scikit_sgd[0] / own[1]:>7.1f}",
            flush=True,
        )


def flops(widths, batch):
    """Of a step: three products a layer."""
    return 6 * batch * sum(a * b for a, b in zip(widths, widths[1:]))


def repeated(step):
    """Nanoseconds of the processor a step, on average over a while."""
    start, steps = time.thread_time(), 0
    while time.thread_time() < start + MILLISECONDS / 1000:
        step()
        steps += 1
    return [1e9 * (time.thread_time() - start) / steps]


def classifier(widths, batch):
    import numpy
    from sklearn.neural_network import MLPClassifier

    random = numpy.random.default_rng(1)
    x = random.standard_normal((batch, widths[0]), dtype=numpy.float32)
    classes = numpy.arange(max(2, widths[-1]))
    y = random.choice(classes, batch)
    rate = {"solver": "sgd", "momentum": 0, "alpha": 0, "learning_rate_init": 0.001}
    model = MLPClassifier(widths[1:-1], batch_size=batch, **rate)
    model.partial_fit(x, y, classes=classes)
    return lambda: model.partial_fit(x, y)


def products(widths, batch):
    import numpy

    random = numpy.random.default_rng(1)
    draw = lambda *shape: random.standard_normal(shape, dtype=numpy.float32) / 16
    pairs = list(zip(widths, widths[1:]))
    w, into = [draw(a, b) for a, b in pairs], [draw(a, b) for a, b in pairs]
    y, dy = [draw(batch, a) for a in widths], [draw(batch, a) for a in widths]

    def step():
        for layer in range(len(w)):
            numpy.matmul(y[layer], w[layer], out=y[layer + 1])
        for layer in reversed(range(len(w))):
            numpy.matmul(y[layer].T, dy[layer + 1], out=into[layer])
            numpy.matmul(dy[layer + 1], w[layer].T, out=dy[layer])

    return step


def layers(millrace, rounds):
    """The table of dense layers."""
    sides = ["Millrace", "adagrad", "adam", "OpenBLAS", "numpy", "scikit-learn"]
    print("\nlayers: microseconds a step (GFLOP/s); OpenBLAS and numpy: bare products; ratios to Millrace with sgd")
    print(f"{'':<24}" + "".join(f"{side:>16}" for side in sides) + f"{'OpenBLAS':>10}{'numpy':>7}{'scikit-learn':>14}")
    for net in NETS:
        for batch in BATCHES:
            widths = tuple(map(int, net.split("-")))
            own = {
                kind: lambda kind=kind: millrace.ask("layers", net, batch, kind, MILLISECONDS)
                for kind in ("sgd", "adagrad", "adam")
            }
            numpy_step, scikit_step = products(widths, batch), classifier(widths, batch)
            medians = in_turns(
                rounds,
                **own,
                blas=lambda: millrace.ask("products", net, batch, MILLISECONDS),
                numpy=lambda: repeated(numpy_step),
                scikit=lambda: repeated(scikit_step),
            )
            nanos = [answer[0] for answer in medians.values()]
            row = "".join(f"{n / 1000:>9.0f} ({flops(widths, batch) / n:4.0f})" for n in nanos)
            ratios = [n / nanos[0] for n in nanos[3:]]
            print(f"{net:<18}{batch:>6}{row}{ratios[0]:>10.2f}{ratios[1]:>7.2f}{ratios[2]:>14.2f}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description="Measures speed beside other libraries, in turns.")
    arguments.add_argument("--rounds", type=int, default=7, help="that count, after two that do not")
    arguments.add_argument("--only", default=",".join([*SETS, "layers"]), help="which tables, by their names")
    given = arguments.parse_args()
    in_environment(__file__)
    unknown = set(given.only.split(",")) - {*SETS, "layers"}
    if unknown:
        sys.exit(f"--only = {','.join(unknown)}: expected {', '.join([*SETS, 'layers'])}")
    DATA.mkdir(parents=True, exist_ok=True)
    for cache in DATA.glob("*.cache"):
        cache.unlink()
    compile_classes()
    millrace = Millrace()
    print(f"cpu: {millrace.cpu}", flush=True)
    for name in given.only.split(","):
        if name == "layers":
            layers(millrace, given.rounds)
        else:
            examples(name, given.rounds)
    millrace.close()


if __name__ == "__main__":
    main()
