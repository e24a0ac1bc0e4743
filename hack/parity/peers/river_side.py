"""Answer requests, one JSON object a line, with what River makes of a file.

A request names a kind, an expression that makes River's object, a CSV file with
a header, and where to write what came out, row by row, as little-endian doubles:

- learner: the predicted class (-1 for none) and a probability for each class; in
  a regression the predicted number; of a detector of anomalies the score. Each
  row is predicted before it is learned.
- transform: what a row becomes right after it was learned, a number for each
  feature in the file's order.
- drift: 1 where a change was found, 1 where a warning was given.
- metrics: nothing; the answer holds the named figures.
- speed: nothing; the answer holds the seconds of the loop alone.

The answer is a line of JSON with the request's id and either an error or the
figures, the rows counted, and the seconds that it took.
"""

import array
import csv
import json
import math
import sys
import time

import river
from river import anomaly, base, drift, ensemble, forest, linear_model, metrics, multiclass, naive_bayes, optim
from river import preprocessing, rules, stats, tree

NAMES = {
    module.__name__.rsplit(".", 1)[-1]: module
    for module in (anomaly, drift, ensemble, forest, linear_model, metrics, multiclass, naive_bayes, optim)
    + (preprocessing, rules, stats, tree)
}
TABLES = {}


def build(expression, seed):
    return eval(expression, {**NAMES, "seed": seed})  # the expressions are the cases' own


def table(request):
    """The rows as River is given them: a missing field is absent, or None where gaps are asked for; a nominal one is text; of two
    classes the last is True."""
    key = json.dumps([request.get(name) for name in ("data", "rows", "target", "classes", "nominal", "gaps")])
    if key not in TABLES:
        TABLES.clear()
        TABLES[key] = list(read(request))
    return TABLES[key]


def read(request):
    target, classes = request.get("target", ""), request.get("classes") or []
    nominal, limit = set(request.get("nominal") or []), request.get("rows", 0)
    with open(request["data"], newline="") as file:
        for i, row in enumerate(csv.DictReader(file)):
            if limit and i == limit:
                return
            y = row.pop(target) if target else None
            if len(classes) == 2:
                y = y == classes[1]
            elif target and not classes:
                y = float(y)
            values = {k: v if k in nominal else float(v) for k, v in row.items() if v != ""}
            yield ({k: values.get(k) for k in row} if request.get("gaps") else values), y


def last(model):
    return list(model.steps.values())[-1] if hasattr(model, "steps") else model


def classify(model, request, out):
    classes = request["classes"]
    labels = [False, True] if len(classes) == 2 else classes
    number = {label: i for i, label in enumerate(labels)}
    # Most take the class from the probabilities, and need not do the work twice; the others are asked.
    derived = type(last(model)).predict_one is base.Classifier.predict_one
    right = counted = 0
    for x, y in table(request):
        try:
            p = model.predict_proba_one(x) or {}
        except NotImplementedError:
            p, derived = {}, False
        c = (max(p, key=p.get) if p else None) if derived else model.predict_one(x)
        if c is not None:
            counted += 1
            right += c == y
        out.append(-1 if c is None else number[c])
        out.extend(p.get(label, 0.0) for label in labels)
        model.learn_one(x, y)
    return {"accuracy": right / max(counted, 1)}, counted


def regress(model, request, out):
    absolute = squares = 0.0
    for x, y in table(request):
        p = model.predict_one(x)
        p = 0.0 if p is None else p
        out.append(p)
        absolute += abs(p - y)
        squares += (p - y) ** 2
        model.learn_one(x, y)
    n = len(out)
    return {"mae": absolute / n, "rmse": math.sqrt(squares / n)}, n


def detect(model, request, out):
    for x, _ in table(request):
        out.append(model.score_one(x))
        model.learn_one(x)
    return {}, len(out)


def transform(model, request, out):
    with open(request["data"], newline="") as file:
        names = [n for n in next(csv.reader(file)) if n != request.get("target")]
    for x, _ in table(request):
        model.learn_one(x)
        row = model.transform_one(x)
        out.extend(float(row.get(n, math.nan)) for n in names)
    return {}, len(table(request))


def find_drift(model, request, out):
    drifts = 0
    for x, _ in table(request):
        model.update(next(iter(x.values())))
        drifts += model.drift_detected
        out.append(model.drift_detected)
        out.append(getattr(model, "warning_detected", False))
    return {"drifts": drifts}, len(table(request))


def measure(model, request, _):
    """The expression is a model, and "measures" are metrics by name, in turn updated with its predictions."""
    measures = {name: build(text, 0) for name, text in request["measures"].items()}
    for x, y in table(request):
        probabilities = model.predict_proba_one(x) if request.get("classes") else None
        p = model.predict_one(x)
        for m in measures.values():
            if p is not None:
                m.update(y, probabilities if getattr(m, "requires_labels", True) is False else p)
        model.learn_one(x, y)
    return {name: m.get() for name, m in measures.items()}, len(table(request))


def speed(model, request, _):
    """The loop that River documents: predict, count, learn. CPU time, so that others on the machine do not count."""
    rows = table(request)
    if request["task"] == "AnomalyDetection":
        begin = time.process_time()
        for x, _ in rows:
            model.score_one(x)
            model.learn_one(x)
        return {"seconds": time.process_time() - begin}, len(rows)
    metric = metrics.Accuracy() if request.get("classes") else metrics.MAE()
    begin = time.process_time()
    for x, y in rows:
        p = model.predict_one(x)
        if p is not None:
            metric.update(y, p)
        model.learn_one(x, y)
    return {"seconds": time.process_time() - begin, "figure": metric.get()}, len(rows)


LEARNERS = {"Classification": classify, "Regression": regress, "AnomalyDetection": detect}
KINDS = {"transform": transform, "drift": find_drift, "metrics": measure, "speed": speed}


def answer(request):
    kind = request["kind"]
    run = LEARNERS[request["task"]] if kind == "learner" else KINDS[kind]
    out = array.array("d")
    begin = time.perf_counter()
    figures, counted = run(build(request["expression"], request.get("seed", 0)), request, out)
    seconds = time.perf_counter() - begin
    if request.get("output"):
        if sys.byteorder == "big":
            out.byteswap()
        with open(request["output"], "wb") as file:
            out.tofile(file)
    return {"figures": figures, "counted": counted, "seconds": seconds, "version": river.__version__}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = answer(request)
        except Exception as problem:  # whatever River does not like is told, and the next request is tried
            reply = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps({"id": request["id"], **reply}), flush=True)


if __name__ == "__main__":
    main()
