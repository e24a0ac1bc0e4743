"""Let River's adaptive random forest learn a seeded stream with Creek's random numbers and print as JSON what it predicts.

River draws weights and features from one generator in the order in which it needs
them. Here they come from Creek's counter-based numbers instead, so that with the
same rows both must grow the same trees, and the predictions of every member on
every row can be compared. The output holds for each case the members' predictions,
a digit for each row (x where there is none), how many trees each member has had,
and the forest's probabilities on some rows.
"""

import json
import math
import sys

import river
import river.forest.adaptive_random_forest as module
from river import base, drift

MASK, INCREMENT = (1 << 64) - 1, 0x9E3779B97F4A7C15
WEIGHTS, SUBSPACE = 1, 2
SEED, LAMBDA, FEATURES, CLASSES, ROWS, TURN, EVERY = 5, 6, 6, 4, 2500, 1500, 100


def mix(z):
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


def number(key, n):
    return mix((key + (n + 1) * INCREMENT) & MASK)


def new(seed):
    return mix(seed ^ INCREMENT)


def below(key, n, limit):
    return number(key, n) * limit >> 64


def position(row):
    return number(mix(INCREMENT), row)


def row(i):
    key = number(new(9), i)
    x = [(number(key, j) >> 11) * 2.0**-53 for j in range(FEATURES + 1)]
    label = 2 * (x[0] > 0.5) + (x[1] > x[2])
    x[4] = math.floor(x[4] * 4) / 4
    x[5] = 0.25 * label + x[5]
    if i >= TURN:
        label = 3 - label
    if x.pop() > 0.9:
        label = 3
    return {f"x{j}": v for j, v in enumerate(x)}, label


def begins():
    share = total = math.exp(-LAMBDA)
    for k in range(127):
        yield min(int(total * 2.0**64), MASK)
        share = share * LAMBDA / (k + 1)
        total += share


BEGINS = list(begins())


class Place:
    """The row and the member that River is at."""

    at = member = 0


def weight(rate, rng):
    Place.member += 1
    u = number(number(number(new(SEED), Place.member), WEIGHTS), Place.at)
    return sum(1 for begin in BEGINS if u >= begin)


class Draw:
    """Draws the features of a tree's leaves."""

    def __init__(self, tree):
        self.key = number(tree, SUBSPACE)

    def sample(self, names, k):
        key, order = number(self.key, Place.at), list(names)
        for i in range(k):
            j = i + below(key, i, len(order) - i)
            order[i], order[j] = order[j], order[i]
        return order[:k]


class Rising(base.DriftDetector):
    """ADWIN that tells only of changes by which the mean becomes greater."""

    def __init__(self, delta=0.01):
        super().__init__()
        self.delta = delta
        self.window = drift.ADWIN(delta=delta)

    def update(self, x):
        before = self.window.estimation
        self.window.update(x)
        self._drift_detected = self.window.drift_detected and self.window.estimation > before


class Forest(module.ARFClassifier):
    def _init_ensemble(self, features):
        self.made = [0] * self.n_models
        Place.member = -1
        self.first = True
        super()._init_ensemble(features)
        self.first = False

    def _new_base_model(self):
        if self.first:
            Place.member += 1
        tree = super()._new_base_model()
        tree.rng = Draw(number(number(new(SEED), Place.member), self.made[Place.member]))
        self.made[Place.member] += 1
        return tree


def learn(members, features, watched):
    model = Forest(
        n_models=members,
        max_features=features,
        drift_detector=Rising(0.01) if watched else drift.NoDrift(),
        warning_detector=drift.ADWIN(delta=0.05) if watched else drift.NoDrift(),
    )
    votes, scores = [[] for _ in range(members)], []
    for i in range(ROWS):
        x, y = row(i)
        Place.at = position(i)
        shares = model.predict_proba_one(x)
        for tree, own in zip(model, votes):
            vote = tree.predict_one(x)
            own.append("x" if vote is None else str(vote))
        if i % EVERY == EVERY - 1:
            scores.append([shares.get(label, 0.0) for label in range(CLASSES)])
        Place.member = -1
        model.learn_one(x, y)
    return {
        "features": features,
        "watched": watched,
        "votes": ["".join(own) for own in votes],
        "made": model.made,
        "scores": scores,
    }


def main():
    module.poisson = weight
    cases = [learn(2, 2, False), learn(2, 4, True), learn(2, 2, True)]
    json.dump({"river": river.__version__, "cases": cases}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
