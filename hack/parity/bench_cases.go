package main

import "creek.dev/creek/trainer/online"

// rival is a peer's side of a speed.
type rival struct {
	peer, expression string
	// rows bound a slow peer; both sides then learn only so many for the ratio. 0 stands for all.
	rows int
	// ratio is how many times faster Creek has to be; 0 when it is only reported.
	ratio float64
}

// speedCase is a row of the table of speeds.
type speedCase struct {
	testCase
	// target is in rows a second.
	target float64
	rivals []rival
}

// speeds are measured in this order, each on one processor.
var speeds = []speedCase{
	{
		testCase: speedOf("scaler + LR (dense)", "LogisticRegression", "learningRate=0.005", "elec2", scaled), target: 9e6,
		rivals: []rival{{river, scaler + "linear_model.LogisticRegression(optim.SGD(.005))", 0, 110}},
	},
	{
		testCase: speedOf("Gaussian NB", "GaussianNB", "", "elec2", nil), target: 4e6,
		rivals: []rival{{river, "naive_bayes.GaussianNB()", 0, 300}, {moa, "bayes.NaiveBayes", 0, 20}},
	},
	{
		testCase: speedOf("Hoeffding tree (NB-adaptive)", "HoeffdingTree", "", "elec2", nil), target: 4e6,
		rivals: []rival{{river, plain + ")", 0, 140}, {moa, "trees.HoeffdingTree", 0, 30}},
	},
	{
		testCase: speedOf("ARF10, √m features", "AdaptiveRandomForest", "maxFeatures=sqrt", "elec2", nil), target: 220e3,
		rivals: []rival{{river, "forest.ARFClassifier(seed=seed)", 10_000, 190}},
	},
	{
		testCase: speedOf("ARF10, 60 % features", "AdaptiveRandomForest", "maxFeatures=60%", "elec2", nil), target: 150e3,
		rivals: []rival{{moa, "meta.AdaptiveRandomForest -s 10", 0, 20}},
	},
	{
		testCase: speedOf("ARF100, 60 % features", "AdaptiveRandomForest", "members=100 maxFeatures=60%", "elec2", nil), target: 17e3,
		rivals: []rival{{moa, "meta.AdaptiveRandomForest -s 100", 10_000, 20}},
	},
	{
		testCase: task(speedOf("half-space trees", "HalfSpaceTrees", "", "elec2", steps("MinMaxScaler")), online.TaskAnomalyDetection),
		rivals:   []rival{{river, "preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=seed)", 0, 100}},
	},
	{
		testCase: of(speedOf("LevBag10 of Hoeffding trees", "LeveragingBagging", "", "elec2", nil), hoeffding),
		rivals:   []rival{{river, "ensemble.LeveragingBaggingClassifier(tree.HoeffdingTreeClassifier(), n_models=10, seed=seed)", 3000, 100}},
	},
	{
		testCase: speedOf("SRP10", "StreamingRandomPatches", "", "elec2", nil),
		rivals:   []rival{{river, "ensemble.SRPClassifier(seed=seed)", 1500, 100}},
	},
	{
		testCase: speedOf("HAT", "HoeffdingAdaptiveTree", "", "elec2", nil), rivals: []rival{{river, adaptive + "seed=seed)", 0, 100}},
	},
	{
		testCase: speedOf("EFDT", "ExtremelyFastDecisionTree", "", "elec2", nil),
		rivals:   []rival{{river, "tree.ExtremelyFastDecisionTreeClassifier()", 0, 100}},
	},
	{
		testCase: speedOf("Mondrian forest", "AggregatedMondrianForest", "", "elec2", nil),
		rivals:   []rival{{river, "forest.AMFClassifier(seed=seed)", 10_000, 100}},
	},
	{
		testCase: task(speedOf("HT regressor", "HoeffdingTree", "", "trump", scaled), online.TaskRegression),
		rivals:   []rival{{river, scaler + "tree.HoeffdingTreeRegressor(" + quantizer + ")", 0, 100}},
	},
	{
		testCase: task(speedOf("ARF regressor", "AdaptiveRandomForest", "", "trump", scaled), online.TaskRegression),
		rivals:   []rival{{river, scaler + "forest.ARFRegressor(seed=seed, " + quantizer + ")", 0, 100}},
	},
}

func speedOf(title, algorithm, parameters, data string, before []online.Transform) testCase {
	return testCase{group: group{title: title, algorithm: algorithm, parameters: parameters, steps: before}, data: data}
}

func task(c testCase, task string) testCase {
	c.task = task
	return c
}

func of(c testCase, base *online.Base) testCase {
	c.base = base
	return c
}
