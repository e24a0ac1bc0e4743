"""Learn the rows of a CSV file with River and print what came out as JSON.

The file has a header; its last column is the label, "true" or "false". An empty
field is a missing feature. The output holds, for every case, the rows, the
number of correct predictions before learning, the log-loss, and the weights.
"""

import csv
import json
import sys

import river
from river import linear_model, metrics, optim, preprocessing

CASES = {
    "defaults": {},
    "rate": {"learningRate": "0.005"},
    "penalty": {"learningRate": "0.05", "interceptLearningRate": "0.02", "l2": "0.001"},
    "clipped": {"learningRate": "0.1", "clipGradient": "0.3"},
}


def model(parameters):
    value = {name: float(text) for name, text in parameters.items()}
    return preprocessing.StandardScaler() | linear_model.LogisticRegression(
        optimizer=optim.SGD(value.get("learningRate", 0.01)),
        intercept_lr=value.get("interceptLearningRate", 0.01),
        l2=value.get("l2", 0.0),
        clip_gradient=value.get("clipGradient", 1e12),
    )


def rows(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            label = row.pop("class") == "true"
            yield {name: float(text) for name, text in row.items() if text}, label


def learn(parameters, path):
    pipeline = model(parameters)
    correct, loss, count = 0, metrics.LogLoss(), 0
    for x, y in rows(path):
        p = pipeline.predict_proba_one(x)
        correct += (p[True] > p[False]) == y
        loss.update(y, p)
        pipeline.learn_one(x, y)
        count += 1
    last = pipeline["LogisticRegression"]
    scaler = pipeline["StandardScaler"]
    names = sorted(last.weights)
    return {
        "parameters": parameters,
        "rows": count,
        "correct": correct,
        "logLoss": f"{loss.get():.12g}",
        "intercept": f"{last.intercept:.12g}",
        "weights": [f"{last.weights[name]:.12g}" for name in names],
        "means": [f"{scaler.means[name]:.12g}" for name in names],
        "variances": [f"{scaler.vars[name]:.12g}" for name in names],
    }


def main():
    results = {name: learn(case, sys.argv[1]) for name, case in CASES.items()}
    json.dump({"river": river.__version__, "cases": results}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
