"""Print, as JSON, where River's drift detectors see changes in seeded streams.

The streams are made by the same counting generator as package random has it, so
that only their names are kept. A list of detections is that of their places.
"""

import json

import river
from river import drift
from river.drift import binary

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def uniform(seed, n):
    return (mix(mix(seed ^ GOLDEN) + (n + 1) * GOLDEN & MASK) >> 11) * 2.0**-53


ROWS = 12000
RATES = {
    "rare": [0.05, 0.05, 0.15, 0.02],
    "rising": [0.2, 0.25, 0.3, 0.6, 0.61, 0.9],
    "falling": [0.5, 0.3, 0.31, 0.1, 0.0],
    "same": [0.3],
}
LEVELS = {"steps": [0, 0.5, 0.4, 3, 2], "still": [5], "far": [1e6, 1e6 + 1, 1e6 - 1]}


def stream(name):
    seed = sorted([*RATES, *LEVELS, "mixed"]).index(name)
    for i in range(ROWS):
        u = uniform(seed, 4 * i)
        if name in RATES:
            yield 1.0 if u < RATES[name][i * len(RATES[name]) // ROWS] else 0.0
        elif name in LEVELS:
            u += uniform(seed, 4 * i + 1) + uniform(seed, 4 * i + 2)
            yield u + LEVELS[name][i * len(LEVELS[name]) // ROWS]
        elif 4000 <= i < 6000:
            yield u + 0.25
        else:
            yield 1.0 if u < 0.4 else 0.0


DETECTORS = {
    "ADWIN": (drift.ADWIN, {}),
    "DDM": (binary.DDM, {}),
    "EDDM": (binary.EDDM, {}),
    "HDDMA": (binary.HDDMA, {"twoSided": "two_sided_test"}),
    "HDDMW": (binary.HDDMW, {"twoSided": "two_sided_test", "lambda": "lambda_val"}),
    "PageHinkley": (drift.PageHinkley, {}),
    "KSWIN": (drift.KSWIN, {}),
}
NAMES = {
    "minWindowLength": "min_window_length", "gracePeriod": "grace_period", "maxBuckets": "max_buckets",
    "warmStart": "warm_start", "warningThreshold": "warning_threshold", "driftThreshold": "drift_threshold",
    "driftConfidence": "drift_confidence", "warningConfidence": "warning_confidence",
    "minInstances": "min_instances", "windowSize": "window_size", "statSize": "stat_size",
}
CASES = [
    ("ADWIN", {}, "all"),
    ("ADWIN", {"delta": 0.3, "clock": 1}, "all"),
    ("ADWIN", {"delta": 0.05, "clock": 100, "maxBuckets": 3, "minWindowLength": 20, "gracePeriod": 200}, "all"),
    ("ADWIN", {"delta": 0.1, "clock": 7, "maxBuckets": 9, "minWindowLength": 1}, "all"),
    ("DDM", {}, "bits"),
    ("DDM", {"warmStart": 100, "warningThreshold": 1.5, "driftThreshold": 2.5}, "bits"),
    ("EDDM", {}, "bits"),
    ("EDDM", {"warmStart": 50, "alpha": 0.9, "beta": 0.8}, "bits"),
    ("HDDMA", {}, "bits"),
    ("HDDMA", {"driftConfidence": 0.01, "warningConfidence": 0.05, "twoSided": True}, "bits"),
    ("HDDMW", {}, "bits"),
    ("HDDMW", {"driftConfidence": 0.01, "warningConfidence": 0.05, "lambda": 0.01, "twoSided": True}, "bits"),
    ("PageHinkley", {}, "all"),
    ("PageHinkley", {"threshold": 10, "minInstances": 5, "delta": 0.05, "alpha": 0.99, "mode": "up"}, "all"),
    ("PageHinkley", {"threshold": 5, "alpha": 1, "mode": "down"}, "all"),
    ("KSWIN", {}, "numbers"),
    ("KSWIN", {"alpha": 0.001, "windowSize": 200, "statSize": 40}, "numbers"),
]


def detect(name, parameters, values):
    make, names = DETECTORS[name]
    more = {"seed": 1} if name == "KSWIN" else {}
    detector = make(**{names.get(k, NAMES.get(k, k)): v for k, v in parameters.items()}, **more)
    drifts, warnings, windows = [], 0, []
    for i, x in enumerate(values):
        detector.update(x)
        if detector.drift_detected:
            drifts.append(i)
        warnings += bool(getattr(detector, "warning_detected", False)) * (i + 1)
        if name == "ADWIN" and i % 1999 == 0:
            windows.append([detector.width, detector.estimation, detector.variance])
    return drifts, warnings, windows


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def cases():
    streams = {"bits": [*RATES], "numbers": [*LEVELS], "all": [*RATES, *LEVELS, "mixed"]}
    for name, parameters, kind in CASES:
        for source in streams[kind]:
            drifts, warnings, windows = detect(name, parameters, stream(source))
            yield {
                "detector": name,
                "parameters": {k: text(v) for k, v in parameters.items()},
                "stream": source,
                "drifts": drifts,
                # The sum of the places of all warnings, counted from 1.
                "warnings": warnings,
                "windows": windows,
            }


print(json.dumps({"river": river.__version__, "cases": list(cases())}).replace('{"detector', '\n{"detector'))
