package main

import (
	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
)

const (
	detectors    = "Detectors of changes"
	preparations = "Preprocessing"
)

// change is a detector beside River's, warnings included.
func change(name, parameters, expression string, on ...string) group {
	title := name
	if parameters != "" {
		title += ", " + parameters
	}
	return group{
		section: detectors, title: title, other: detect(name, parameters), peerKind: "drift", noFigure: true, peer: river, expression: expression, on: on,
	}
}

// prepared is a transformer beside River's.
func prepared(title, expression string, build func(learner.Schema) learner.Transformer, on ...string) group {
	return group{
		section: preparations, title: title, other: transform(build), peerKind: "transform", noFigure: true, peer: river, expression: expression, on: on,
	}
}

func gapped(g group) group {
	g.gaps = true
	return g
}

var scalable = []string{"elec2", "phishing", "segments", "trump", "sea-missing"}

var otherGroups = []group{
	{
		section: "Anomalies", title: "Half-space trees", algorithm: "HalfSpaceTrees", task: online.TaskAnomalyDetection,
		kind: seeded, steps: steps("MinMaxScaler"), peer: river, seeds: 20,
		expression: "preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=seed)", on: []string{"segments-anomaly"},
	},
	change("ADWIN", "", "drift.ADWIN()", "changes", "errors", "trump"),
	change("ADWIN", "delta=0.05 clock=1", "drift.ADWIN(delta=.05, clock=1)", "changes", "errors"),
	change("PageHinkley", "", "drift.PageHinkley()", "changes", "errors", "trump"),
	change("PageHinkley", "threshold=5 delta=0.01", "drift.PageHinkley(threshold=5, delta=.01)", "changes", "errors"),
	change("DDM", "", "drift.binary.DDM()", "errors"),
	change("EDDM", "", "drift.binary.EDDM()", "errors"),
	change("HDDMA", "", "drift.binary.HDDMA()", "errors"),
	change("HDDMW", "", "drift.binary.HDDMW()", "errors"),
	prepared("Standard scaler", "preprocessing.StandardScaler()",
		func(s learner.Schema) learner.Transformer { return preprocess.NewStandardScaler(len(s)) }, scalable...),
	prepared("Min-max scaler", "preprocessing.MinMaxScaler()",
		func(s learner.Schema) learner.Transformer { return preprocess.NewMinMaxScaler(len(s)) }, scalable...),
	prepared("Max-abs scaler", "preprocessing.MaxAbsScaler()",
		func(s learner.Schema) learner.Transformer { return preprocess.NewMaxAbsScaler(len(s)) }, scalable...),
	prepared("Robust scaler", "preprocessing.RobustScaler()", func(s learner.Schema) learner.Transformer {
		return preprocess.NewRobustScaler(len(s), parameter.MustParse(preprocess.RobustParameters, nil))
	}, scalable...),
	gapped(prepared("Imputer, mean", "preprocessing.StatImputer(('x1', stats.Mean()), ('x2', stats.Mean()), ('x3', stats.Mean()))",
		func(s learner.Schema) learner.Transformer {
			return preprocess.NewStatImputer(s, parameter.MustParse(preprocess.ImputerParameters, nil))
		}, "sea-missing")),
	gapped(prepared("Imputer, previous value", "preprocessing.PreviousImputer()",
		func(s learner.Schema) learner.Transformer { return preprocess.NewPreviousImputer(s) }, "sea-missing")),
	prepared("Ordinal encoder", "preprocessing.OrdinalEncoder()", func(s learner.Schema) learner.Transformer {
		return preprocess.NewOrdinalEncoder(len(s), parameter.MustParse(preprocess.OrdinalParameters, nil))
	}, "chick-names"),
	{
		section: preparations, title: "One-hot encoder before linear regression", algorithm: "LinearRegression", task: online.TaskRegression,
		steps: []online.Transform{{Type: "OneHotEncoder", Parameters: map[string]string{"maxLevels": "1024"}}},
		peer:  river, expression: "preprocessing.OneHotEncoder() | linear_model.LinearRegression()", on: []string{"chick-names"},
	},
	{
		section: preparations, title: "Feature hasher before linear regression", kind: figure, algorithm: "LinearRegression", task: online.TaskRegression,
		steps: []online.Transform{{Type: "FeatureHasher", Parameters: map[string]string{"columns": "64"}}},
		peer:  river, expression: "preprocessing.FeatureHasher(n_features=64, seed=0) | linear_model.LinearRegression()",
		on: []string{"chick-names"}, why: "River hashes names and texts, Creek places and tokens: other features share a column.",
	},
	{
		section: "Metrics", title: "Metrics of two classes", algorithm: "LogisticRegression", steps: scaled, other: gauge, peerKind: "metrics",
		noFigure: true, peer: river, expression: scaler + "linear_model.LogisticRegression()", on: []string{"elec2", "phishing", "sea"},
		measures: map[string]string{
			"accuracy": "metrics.Accuracy()", "balancedAccuracy": "metrics.BalancedAccuracy()", "kappa": "metrics.CohenKappa()",
			"precision": "metrics.Precision()", "recall": "metrics.Recall()", "f1": "metrics.F1()", "logLoss": "metrics.LogLoss()",
			"rocAuc": "metrics.ROCAUC(n_thresholds=1025)",
		},
	},
	{
		section: "Metrics", title: "Metrics of several classes", algorithm: "GaussianNB", other: gauge, peerKind: "metrics",
		noFigure: true, peer: river, expression: "naive_bayes.GaussianNB()", on: []string{"segments", "rbf"},
		measures: map[string]string{
			"accuracy": "metrics.Accuracy()", "balancedAccuracy": "metrics.BalancedAccuracy()", "kappa": "metrics.CohenKappa()",
			"precisionMacro": "metrics.MacroPrecision()", "recallMacro": "metrics.MacroRecall()", "f1Macro": "metrics.MacroF1()",
			"precisionMicro": "metrics.MicroPrecision()", "recallMicro": "metrics.MicroRecall()", "f1Micro": "metrics.MicroF1()",
		},
	},
	{
		section: "Metrics", title: "Metrics of regressions", algorithm: "LinearRegression", task: online.TaskRegression, steps: scaled, other: gauge,
		peerKind: "metrics", noFigure: true, peer: river, expression: scaler + "linear_model.LinearRegression()", on: regressionData,
		measures: map[string]string{"mae": "metrics.MAE()", "rmse": "metrics.RMSE()", "r2": "metrics.R2()"},
	},
}
