"""Print, as JSON, what River's metrics say about seeded outcomes.

The outcomes are made as in trainer/online/metric/golden_test.go, by the same
counting generator as package random has it.
"""

import json

import river
from river import metrics

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
ROWS = 3000


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def uniform(seed, n):
    return (mix(mix(seed ^ GOLDEN) + (n + 1) * GOLDEN & MASK) >> 11) * 2.0**-53


def classified(classes):
    for i in range(ROWS):
        u = [uniform(classes, 8 * i + j) for j in range(classes + 1)]
        label = int(u[classes] * u[classes] * classes)
        u[label] += 0.3
        total = sum(u[:classes])
        scores = [v / total for v in u[:classes]]
        yield label, scores.index(max(scores)), scores


def binary():
    all_ = {
        "accuracy": metrics.Accuracy(), "balancedAccuracy": metrics.BalancedAccuracy(), "precision": metrics.Precision(),
        "recall": metrics.Recall(), "f1": metrics.F1(), "kappa": metrics.CohenKappa(), "logLoss": metrics.LogLoss(),
        "rocAuc": metrics.ROCAUC(n_thresholds=1025),
    }
    for label, best, scores in classified(2):
        for name, m in all_.items():
            m.update(bool(label), scores[1] if name in ("logLoss", "rocAuc") else bool(best))
    return all_


def several():
    all_ = {
        "accuracy": metrics.Accuracy(), "balancedAccuracy": metrics.BalancedAccuracy(), "kappa": metrics.CohenKappa(),
        "precisionMacro": metrics.MacroPrecision(), "recallMacro": metrics.MacroRecall(), "f1Macro": metrics.MacroF1(),
        "precisionMicro": metrics.MicroPrecision(), "recallMicro": metrics.MicroRecall(), "f1Micro": metrics.MicroF1(),
        "logLoss": metrics.CrossEntropy(),
    }
    for label, best, scores in classified(4):
        for name, m in all_.items():
            m.update(label, dict(enumerate(scores)) if name == "logLoss" else best)
    return all_


def regression():
    all_ = {"mae": metrics.MAE(), "rmse": metrics.RMSE(), "r2": metrics.R2()}
    for i in range(ROWS):
        y = 100 * uniform(7, 4 * i)
        for m in all_.values():
            m.update(y, y + 40 * uniform(7, 4 * i + 1) - 15)
    return all_


def anomaly():
    auc = metrics.ROCAUC(n_thresholds=1025)
    for i in range(ROWS):
        y = uniform(9, 4 * i) < 0.1
        auc.update(y, min(uniform(9, 4 * i + 1) + 0.2 * y, 1))
    return {"rocAuc": auc}


values = {
    name: {k: m.get() for k, m in make().items()}
    for name, make in {"binary": binary, "several": several, "regression": regression, "anomaly": anomaly}.items()
}
print(json.dumps({"river": river.__version__, **values}, indent=1))
