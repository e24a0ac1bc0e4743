"""Print, as JSON, what River's progressive validation finds with delayed labels.

The rows are made as in trainer/online/evaluate/delayed_test.go, by the same
counting generator as package random has it.
"""

import json

import river
from river import evaluate, linear_model, metrics, preprocessing

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
ROWS = 3000


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def uniform(seed, n):
    return (mix(mix(seed ^ GOLDEN) + (n + 1) * GOLDEN & MASK) >> 11) * 2.0**-53


def rows():
    for i in range(ROWS):
        a, b, c = (uniform(5, 4 * i + j) for j in range(3))
        wait = float(int(300 * c * c))
        limit = 1.0 if i < ROWS / 2 else 0.7
        yield {"a": a, "b": b, "wait": wait}, a + b > limit + 0.1 * uniform(5, 4 * i + 3)


def found(delay):
    model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    metric = metrics.Accuracy() + metrics.LogLoss()
    evaluate.progressive_val_score(rows(), model, metric, delay=delay)
    return [m.get() for m in metric]


cases = {str(d): found(d) for d in (0, 1, 25, 700)}
cases["wait"] = found(lambda x, y: int(x["wait"]))
print(json.dumps({"river": river.__version__, "cases": cases}, indent=1))
