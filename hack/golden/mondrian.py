"""Let River's aggregated Mondrian forests learn a CSV file and print as JSON how well they predict.

The file has a header; its last column is the label, "true" or "false". Rows that
miss a value are left out. The output holds, for several seeds, the accuracy on
the first rows, and the mean absolute error where the target is the sum of the
first two values.
"""

import csv
import json
import sys

import river
from river import forest

ROWS, SEEDS = 3000, 10


def rows(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            label = row.pop("class") == "true"
            if all(row.values()):
                yield {name: float(text) / 10 for name, text in row.items()}, label


def accuracy(some, seed):
    model, right = forest.AMFClassifier(seed=seed), 0
    for x, y in some:
        right += model.predict_one(x) == y
        model.learn_one(x, y)
    return right / len(some)


def error(some, seed):
    model, off = forest.AMFRegressor(seed=seed), 0.0
    for x, _ in some:
        y = x["x1"] + x["x2"]
        off += abs((model.predict_one(x) or 0.0) - y)
        model.learn_one(x, y)
    return off / len(some)


def main():
    some = [row for _, row in zip(range(ROWS), rows(sys.argv[1]))]
    result = {
        "river": river.__version__,
        "accuracies": [accuracy(some, seed) for seed in range(SEEDS)],
        "errors": [error(some, seed) for seed in range(SEEDS)],
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
