"""Learn a seeded stream with River's regression trees and print what came out as JSON.

The stream is made here and in the Go test alike, by the counter-based random
numbers of package random, so that both see the same bits. Every eleventh row
lacks a feature. The output holds, for every case, the mean absolute error and
the root of the mean squared error before learning, and the leaves at the end.
"""

import json
import math
import sys

import river
from river import preprocessing, tree

ROWS = 12000
MASK = (1 << 64) - 1
INCREMENT = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def number(key, n):
    return mix((key + (n + 1) * INCREMENT) & MASK)


def uniform(key, n):
    return (number(key, n) >> 11) * 2.0**-53


def row(i):
    """Row i: Friedman's function with a parabola for the sine, and a level."""
    key = number(mix(2024 ^ INCREMENT), i)
    x = {j: uniform(key, j) for j in range(6)}
    level = (number(key, 6) * 5) >> 64
    a = x[0] * x[1]
    y = 40.0 * a * (1.0 - a)
    b = x[2] - 0.5
    y = y + 20.0 * b * b
    y = y + 10.0 * x[3] + 5.0 * x[4]
    if i >= 7000:
        y = 30.0 - y
    if level == 3:
        y = y + 4.0
    y = y + 2.0 * uniform(key, 7) - 1.0
    x[6] = level
    if i % 11 == 7:
        del x[i // 11 % 7]
    return x, y


def quantizer():
    return tree.splitter.QOSplitter()


CASES = {
    "defaults": (False, tree.HoeffdingTreeRegressor, {}),
    "scaled": (True, tree.HoeffdingTreeRegressor, {}),
    "mean": (True, tree.HoeffdingTreeRegressor, {"leaf_prediction": "mean", "grace_period": 50}),
    "linear": (True, tree.HoeffdingTreeRegressor, {"leaf_prediction": "model", "delta": 0.01, "tau": 0.1}),
    "nominal": (False, tree.HoeffdingTreeRegressor, {"nominal_attributes": [6], "grace_period": 50, "delta": 0.01}),
    "binary": (False, tree.HoeffdingTreeRegressor, {"nominal_attributes": [6], "grace_period": 50, "binary_split": True}),
    "shallow": (False, tree.HoeffdingTreeRegressor, {"max_depth": 2, "grace_period": 50, "merit_preprune": False}),
    "adaptive": (True, tree.HoeffdingAdaptiveTreeRegressor, {"bootstrap_sampling": False}),
    "adaptiveNominal": (
        False,
        tree.HoeffdingAdaptiveTreeRegressor,
        {"bootstrap_sampling": False, "nominal_attributes": [6], "grace_period": 50, "delta": 0.01, "drift_window_threshold": 100},
    ),
}


def learn(scaled, make, parameters):
    model = make(splitter=quantizer(), **parameters)
    scaler = preprocessing.StandardScaler() if scaled else None
    absolute = squared = 0.0
    for i in range(ROWS):
        x, y = row(i)
        p = model.predict_one(scaler.transform_one(x) if scaled else x)
        absolute += abs(y - p)
        squared += (y - p) * (y - p)
        if scaled:
            scaler.learn_one(x)
            x = scaler.transform_one(x)
        model.learn_one(x, y)
    return {
        "mae": f"{absolute / ROWS:.9f}",
        "rmse": f"{math.sqrt(squared / ROWS):.9f}",
        "leaves": model.n_leaves,
    }


def main():
    results = {name: learn(*case) for name, case in CASES.items()}
    json.dump({"river": river.__version__, "rows": ROWS, "cases": results}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
