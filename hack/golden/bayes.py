"""Learn the rows of a CSV file with River's naive Bayes classifiers and
transformers, and print what came out as JSON.

The file has a header; its last column is the label, "true" or "false". An empty
field is a missing feature. Nominal features are the whole parts of the numbers.
The first argument says of what: classifiers or transformers.
"""

import csv
import json
import math
import sys

import river
from river import naive_bayes, preprocessing, stats

CHECKED = {*range(12), 99, 100, 1009, 1019, 1029, 9999, 19989, 19999}


def rows(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            label = row.pop("class") == "true"
            yield {name: float(text) if text else None for name, text in row.items()}, label


def known(x):
    return {name: v for name, v in x.items() if v is not None}


def whole(x):
    return {name: math.floor(v) for name, v in known(x).items()}


CLASSIFIERS = {
    "GaussianNB": (naive_bayes.GaussianNB, {}, known),
    "MultinomialNB": (naive_bayes.MultinomialNB, {}, whole),
    "MultinomialNB little": (naive_bayes.MultinomialNB, {"alpha": 0.1}, whole),
    "BernoulliNB": (naive_bayes.BernoulliNB, {"true_threshold": 4.5}, known),
    "BernoulliNB none": (naive_bayes.BernoulliNB, {"alpha": 0, "true_threshold": 7}, known),
}


def classify(kind, parameters, form, path):
    model = kind(**parameters)
    correct, counted, loss, checks = 0, 0, 0.0, {}
    for i, (x, y) in enumerate(rows(path)):
        x = form(x)
        p = model.predict_proba_one(x)
        if p:
            counted += 1
            correct += max(p, key=p.get) == y
            # River's metric clips the probability of True and takes the rest for False, which is less exact: only its clips are kept.
            least = 1e-15 if y else 1 - (1 - 1e-15)
            loss -= math.log(min(max(p.get(y, 0), least), 1 - 1e-15))
        if i in CHECKED and len(p) == 2:
            checks[i] = p[True]
        model.learn_one(x, y)
    return {"counted": counted, "correct": correct, "logLoss": loss / counted, "positive": checks}


def mode(limit):
    return preprocessing.StatImputer(*((name, stats.Mode(limit)) for name in ("x1", "x2", "x3")))


def means():
    return preprocessing.StatImputer(*((name, stats.Mean()) for name in ("x1", "x2", "x3")))


TRANSFORMERS = {
    "StandardScaler": (preprocessing.StandardScaler, known),
    "MinMaxScaler": (preprocessing.MinMaxScaler, known),
    "MaxAbsScaler": (preprocessing.MaxAbsScaler, known),
    "RobustScaler": (preprocessing.RobustScaler, known),
    "RobustScaler wide": (lambda: preprocessing.RobustScaler(q_inf=0.05, q_sup=0.9), known),
    "RobustScaler median": (lambda: preprocessing.RobustScaler(with_scaling=False), known),
    "RobustScaler range": (lambda: preprocessing.RobustScaler(with_centering=False), known),
    "StatImputer mean": (means, lambda x: x),
    "StatImputer mode": (lambda: mode(25), lambda x: {**dict.fromkeys(x), **whole(x)}),
    "StatImputer some": (lambda: mode(4), lambda x: {**dict.fromkeys(x), **whole(x)}),
    "PreviousImputer": (preprocessing.PreviousImputer, lambda x: x),
    "OneHotEncoder": (preprocessing.OneHotEncoder, lambda x: {n: v for n, v in whole(x).items() if n == "x2"}),
    "OrdinalEncoder": (preprocessing.OrdinalEncoder, lambda x: {**dict.fromkeys(x), **whole(x)}),
    "OrdinalEncoder reserved": (
        lambda: preprocessing.OrdinalEncoder(unknown_value=3, none_value=1),
        lambda x: {**dict.fromkeys(x), **whole(x)},
    ),
}


def transform(build, form, path):
    """Return what the checked rows become, before and after they are learned."""
    transformer = build()
    before, after = {}, {}
    hot = isinstance(transformer, preprocessing.OneHotEncoder)
    for i, (x, _) in enumerate(rows(path)):
        x = form(x)
        if i in CHECKED and i > 0:
            before[i] = transformer.transform_one(x)
            if hot:  # River makes a column of a value that was never learned.
                before[i] = {name: before[i].get(name, 0) for name in transformer._zero_dict}
        transformer.learn_one(x)
        if i in CHECKED:
            after[i] = transformer.transform_one(x)
    # The columns of values stand in the order of first appearance, as in Go.
    names = list(transformer._zero_dict) if hot else ["x1", "x2", "x3"]
    filler = 0 if hot else None
    return {
        which: {i: [row.get(name, filler) for name in names] for i, row in found.items()}
        for which, found in (("before", before), ("after", after))
    }


def main():
    what, path = sys.argv[1:]
    if what == "classifiers":
        cases = {name: classify(*case, path) for name, case in CLASSIFIERS.items()}
    else:
        cases = {name: transform(*case, path) for name, case in TRANSFORMERS.items()}
    json.dump({"river": river.__version__, "cases": cases}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
