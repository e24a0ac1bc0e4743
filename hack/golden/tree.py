"""Learn a seeded stream with River's classification trees and print what came out as JSON.

The stream is made here and in the Go test alike, by the counter-based random
numbers of package random, so that both see the same bits. Every eleventh row
lacks a feature. The output holds, for every case, the number of correct
predictions before learning, the mean logarithmic loss, and the leaves at the end.
"""

import json
import math
import sys

import river
from river import tree

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


def row(i, complete):
    """Row i: six numbers, a level, and one of three classes."""
    key = number(mix(2025 ^ INCREMENT), i)
    x = {j: uniform(key, j) for j in range(6)}
    level = (number(key, 6) * 5) >> 64
    signal = x[0] + x[1] * x[2] + 0.25 * level
    if i >= 7000:
        signal = 2.0 - signal + x[3]
    y = 0 if signal < 0.9 else 1 if signal < 1.5 else 2
    if uniform(key, 7) < 0.1:
        y = (number(key, 8) * 3) >> 64
    x[6] = level
    if i % 11 == 7 and not complete:
        del x[i // 11 % 7]
    return x, y


FAST = {"gracePeriod": "50", "delta": "0.01"}
CASES = {
    "HoeffdingTree": {
        "defaults": {},
        "fast": FAST,
        "majority": {"leafPrediction": "MajorityClass", "splitCriterion": "Gini", "tau": "0.1"},
        "naive": {"leafPrediction": "NaiveBayes", "nbThreshold": "100", **FAST},
        "binary": {"binarySplit": "true", "splits": "5", **FAST},
        "distance": {"splitCriterion": "Hellinger", "tau": "0.2", **FAST},
        "histogram": {"numericObserver": "Histogram", "splits": "32", **FAST},
        "coarse": {"numericObserver": "Histogram", "maxBins": "20", "splits": "12", "leafPrediction": "MajorityClass", **FAST},
        "bins": {"numericObserver": "Histogram", "maxBins": "40", "splits": "10", "leafPrediction": "NaiveBayes"},
        "deep": {"maxDepth": "3", "minBranchFraction": "0.1", "maxShareToSplit": "0.8", "gracePeriod": "60", "delta": "0.01"},
    },
    "ExtremelyFastDecisionTree": {
        "defaults": {},
        "rare": {"minSamplesReevaluate": "300", **FAST},
        "histogram": {"numericObserver": "Histogram", "maxBins": "64", "splits": "10", "minSamplesReevaluate": "300", **FAST},
    },
    "HoeffdingAdaptiveTree": {
        "complete": {"bootstrapSampling": "false"},
        "fast": {"bootstrapSampling": "false", "driftWindowThreshold": "50", **FAST},
        "complete histogram": {"numericObserver": "Histogram", "splits": "10", "bootstrapSampling": "false", **FAST},
    },
}

NAMES = {
    "gracePeriod": ("grace_period", int),
    "delta": ("delta", float),
    "tau": ("tau", float),
    "nbThreshold": ("nb_threshold", int),
    "maxDepth": ("max_depth", int),
    "minBranchFraction": ("min_branch_fraction", float),
    "maxShareToSplit": ("max_share_to_split", float),
    "binarySplit": ("binary_split", lambda text: text == "true"),
    "bootstrapSampling": ("bootstrap_sampling", lambda text: text == "true"),
    "driftWindowThreshold": ("drift_window_threshold", int),
    "minSamplesReevaluate": ("min_samples_reevaluate", int),
    "leafPrediction": ("leaf_prediction", {"MajorityClass": "mc", "NaiveBayes": "nb"}.get),
    "splitCriterion": ("split_criterion", {"Gini": "gini", "Hellinger": "hellinger"}.get),
}

CLASSES = {
    "HoeffdingTree": tree.HoeffdingTreeClassifier,
    "ExtremelyFastDecisionTree": tree.ExtremelyFastDecisionTreeClassifier,
    "HoeffdingAdaptiveTree": tree.HoeffdingAdaptiveTreeClassifier,
}


def splitter(parameters):
    splits = int(parameters.get("splits", 10))
    if parameters.get("numericObserver") == "Histogram":
        return tree.splitter.HistogramSplitter(int(parameters.get("maxBins", 256)), splits)
    return tree.splitter.GaussianSplitter(splits)


def learn(kind, name, parameters):
    given = {NAMES[p][0]: NAMES[p][1](text) for p, text in parameters.items() if p in NAMES}
    given["splitter"] = splitter(parameters)
    model = CLASSES[kind](nominal_attributes=[6], **given)
    correct, loss = 0, 0.0
    for i in range(ROWS):
        x, y = row(i, name.startswith("complete"))
        p = model.predict_proba_one(x)
        best = max(sorted(p), key=p.get) if p else None
        correct += best == y
        loss -= math.log(min(max(p.get(y, 0.0), 1e-15), 1 - 1e-15))
        model.learn_one(x, y)
    return {"parameters": parameters, "rows": ROWS, "correct": correct, "logLoss": f"{loss / ROWS:.12g}", "leaves": model.n_leaves}


def main():
    results = {kind: {name: learn(kind, name, case) for name, case in cases.items()} for kind, cases in CASES.items()}
    json.dump({"river": river.__version__, "cases": results}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
