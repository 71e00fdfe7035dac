"""What the benches beside other libraries share: those libraries, and settings at which they do the same."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "peers"
PEERS = ["vowpalwabbit==9.11.9", "river==0.26.1", "scikit-learn==1.9.1", "fastavro==1.13.1"]

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

def in_environment(script):
    """Goes on with a script in the virtual environment, which it makes if it is not there or holds other peers."""
    WORK.mkdir(parents=True, exist_ok=True)
    home = WORK / "venv"
    python, installed = home / "bin/python", home / "peers.txt"
    wanted = "\n".join(PEERS)
    if not installed.exists() or installed.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *PEERS], check=True)
        installed.write_text(wanted)
    if pathlib.Path(sys.prefix).resolve() != home.resolve():
        sys.exit(subprocess.run([python, script, *sys.argv[1:]]).returncode)
