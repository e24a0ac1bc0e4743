"""Learn the rows of a CSV file with linear models and print what came out as JSON.

The file has a header; its last column is the label, "true" or "false". An empty
field is a missing feature. The models are River's, behind its StandardScaler;
Vowpal Wabbit's, of the rows as they are; and FTRL-Proximal written down from
algorithm 1 of McMahan et al. (2013), also of the rows as they are. A regression
has the number 3 for "true" and 1 for "false" as its target.
"""

import csv
import json
import math
import sys

import river
import vowpalwabbit
from river import linear_model, metrics, optim, preprocessing

AGGRESSIVE = {"learn_intercept": False, "mode": 2, "C": 0.1}


class PaperRegressor(linear_model.PARegressor):
    """River's regressor with the loss of the paper (Crammer et al. 2006)."""

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.loss = lambda y, p: max(abs(y - p) - self.eps, 0)


# The name says the algorithm and its parameters, as Creek has them.
CLASSIFIERS = {
    "LogisticRegression optimizer=AdaGrad": linear_model.LogisticRegression(optim.AdaGrad()),
    "LogisticRegression optimizer=AdaGrad l2=0.01": linear_model.LogisticRegression(optim.AdaGrad(), l2=0.01),
    "LogisticRegression l1=0.001": linear_model.LogisticRegression(l1=0.001),
    "ALMA": linear_model.ALMAClassifier(),
    "Perceptron": linear_model.Perceptron(),
    "Perceptron l2=0.001": linear_model.Perceptron(l2=0.001),
    "PassiveAggressive": linear_model.PAClassifier(),
    "PassiveAggressive mode=0": linear_model.PAClassifier(mode=0),
    "PassiveAggressive learnIntercept=false mode=2 c=0.1": linear_model.PAClassifier(**AGGRESSIVE),
    "SoftmaxRegression": linear_model.SoftmaxRegression(),
    "SoftmaxRegression optimizer=AdaGrad l2=0.001": linear_model.SoftmaxRegression(optim.AdaGrad(), l2=0.001),
}

REGRESSORS = {
    "LinearRegression": linear_model.LinearRegression(),
    "LinearRegression optimizer=AdaGrad": linear_model.LinearRegression(optim.AdaGrad()),
    "LinearRegression l1=0.001 interceptLearningRate=0.1": linear_model.LinearRegression(l1=0.001, intercept_lr=0.1),
    "PassiveAggressive": PaperRegressor(),
    "PassiveAggressive mode=0": PaperRegressor(mode=0),
    "PassiveAggressive learnIntercept=false mode=2 c=0.1": PaperRegressor(**AGGRESSIVE),
}

WABBIT = {
    "LogisticRegression optimizer=Adaptive": "--loss_function logistic",
    "LogisticRegression optimizer=Adaptive powerT=0.4": "--loss_function logistic --power_t 0.4",
    "LogisticRegression optimizer=Adaptive interceptLearningRate=0": "--loss_function logistic --noconstant",
    "LogisticRegression optimizer=FTRL interceptLearningRate=0 l1=0.5": "--loss_function logistic --noconstant --ftrl --ftrl_alpha 0.05 --ftrl_beta 1 --l1 0.5 --l2 1",
    "LinearRegression optimizer=Adaptive": "",
}

PAPER = {
    "LogisticRegression optimizer=FTRL interceptLearningRate=0": (0.05, 1, 0, 1),
    "LogisticRegression optimizer=FTRL interceptLearningRate=0 l1=5 l2=0.5 beta=0.1 learningRate=0.5": (0.5, 0.1, 5, 0.5),
}


def rows(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            label = row.pop("class") == "true"
            yield {name: float(text) for name, text in row.items() if text}, label


def classify(model, path):
    pipeline = preprocessing.StandardScaler() | model
    correct, loss = 0, metrics.LogLoss()
    for x, y in rows(path):
        p = pipeline.predict_proba_one(x)
        correct += bool(p) and (p.get(True, 0) > p.get(False, 0)) == y
        if p:
            loss.update(y, {True: p.get(True, 0), False: p.get(False, 0)})
        pipeline.learn_one(x, y)
    return {"correct": correct, "loss": f"{loss.get():.9g}"}


def regress(model, path):
    pipeline = preprocessing.StandardScaler() | model
    error, count = 0, 0
    for x, y in rows(path):
        y = 1 + 2 * y
        error += abs(pipeline.predict_one(x) - y)
        count += 1
        pipeline.learn_one(x, y)
    return {"loss": f"{error / count:.9g}"}


def wabbit(arguments, path):
    """The raw prediction of every thousandth row."""
    workspace, outputs = vowpalwabbit.Workspace(arguments + " --quiet"), []
    for number, (x, y) in enumerate(rows(path)):
        label = 1 + 2 * y if arguments == "" else 2 * y - 1
        example = workspace.parse(f"{label} | " + " ".join(f"{name}:{value}" for name, value in x.items()))
        workspace.learn(example)
        if number % 1000 == 999:
            outputs.append(f"{example.get_simplelabel_prediction():.7g}")
        workspace.finish_example(example)
    return {"outputs": outputs}


def proximal(alpha, beta, l1, l2, path):
    """The raw output for every thousandth row."""
    z, n, outputs = {}, {}, []
    for number, (x, y) in enumerate(rows(path)):
        w = {}
        for i in x:
            if abs(z.get(i, 0)) > l1:
                w[i] = -(z[i] - math.copysign(l1, z[i])) / ((beta + math.sqrt(n[i])) / alpha + l2)
        raw = sum(w.get(i, 0) * value for i, value in x.items())
        for i, value in x.items():
            g = (1 / (1 + math.exp(-raw)) - y) * value
            sigma = (math.sqrt(n.get(i, 0) + g * g) - math.sqrt(n.get(i, 0))) / alpha
            z[i] = z.get(i, 0) + g - sigma * w.get(i, 0)
            n[i] = n.get(i, 0) + g * g
        if number % 1000 == 999:
            outputs.append(f"{raw:.12g}")
    return {"outputs": outputs}


def main():
    path = sys.argv[1]
    json.dump(
        {
            "river": river.__version__,
            "vowpalWabbit": vowpalwabbit.__version__,
            "classifiers": {name: classify(m, path) for name, m in CLASSIFIERS.items()},
            "regressors": {name: regress(m, path) for name, m in REGRESSORS.items()},
            "wabbit": {name: wabbit(a, path) for name, a in WABBIT.items()},
            "paper": {name: proximal(*p, path) for name, p in PAPER.items()},
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
