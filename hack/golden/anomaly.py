"""Let River's half-space trees score the rows of a CSV file and print it as JSON.

The file has a header; its last column, the label, means nothing here. An empty
field is a missing feature. The output holds the cuts of the trees, in the order
of a heap, and the score of every row before it was learned; and the area under
the ROC curve, for several seeds, of rows of which every 50th is not drawn
towards the middle.
"""

import csv
import json
import sys

import river
from river import anomaly, metrics

TREES, HEIGHT, WINDOW, ROWS = 4, 5, 100, 2000
SEEDS, UNUSUAL_ROWS = 20, 4000


def rows(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            row.pop("class")
            yield {name: float(text) for name, text in row.items() if text}


def heap(root):
    """The inner nodes of a complete tree, level by level."""
    level, cuts = [root], []
    while hasattr(level[0], "threshold"):
        cuts += [[int(node.feature[1:]) - 1, repr(node.threshold)] for node in level]
        level = [child for node in level for child in node.children]
    return cuts


def scores(path):
    limits = {name: (0, 10) for name in ("x1", "x2", "x3")}
    model = anomaly.HalfSpaceTrees(n_trees=TREES, height=HEIGHT, window_size=WINDOW, limits=limits, seed=7)
    found = []
    for i, x in enumerate(rows(path)):
        if i == ROWS:
            break
        found.append(repr(float(model.score_one(x))))
        model.learn_one(x)
    return {"height": HEIGHT, "window": WINDOW, "trees": [heap(tree) for tree in model.trees], "scores": found}


def unusual(path, seed):
    model, auc = anomaly.HalfSpaceTrees(seed=seed), metrics.ROCAUC(n_thresholds=1000)
    for i, x in enumerate(rows(path)):
        if i == UNUSUAL_ROWS:
            break
        strange = i % 50 == 49
        row = {name: value / 10 if strange else 0.35 + 0.03 * value for name, value in x.items()}
        score = model.score_one(row)
        model.learn_one(row)
        if i >= 250:
            auc.update(strange, score)
    return auc.get()


def main():
    path = sys.argv[1]
    areas = [unusual(path, seed) for seed in range(SEEDS)]
    json.dump({"river": river.__version__, "halfSpaceTrees": scores(path), "areas": areas}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
