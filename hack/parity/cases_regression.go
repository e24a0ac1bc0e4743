package main

import "creek.dev/creek/trainer/online"

const (
	regressions = "Trees and ensembles for regression"
	quantizer   = "splitter=tree.splitter.QOSplitter()"
)

var regressionGroups = []group{
	{
		section: regressions, title: "Hoeffding tree for regression", algorithm: "HoeffdingTree", task: online.TaskRegression, steps: scaled,
		peer: river, expression: scaler + "tree.HoeffdingTreeRegressor(" + quantizer + ")", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding tree for regression, means", algorithm: "HoeffdingTree", task: online.TaskRegression,
		parameters: "leafPrediction=Mean", steps: scaled,
		peer: river, expression: scaler + "tree.HoeffdingTreeRegressor(leaf_prediction='mean', " + quantizer + ")", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding tree for regression, linear leaves", algorithm: "HoeffdingTree", task: online.TaskRegression,
		parameters: "leafPrediction=Linear", steps: scaled,
		peer: river, expression: scaler + "tree.HoeffdingTreeRegressor(leaf_prediction='model', " + quantizer + ")", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding tree for regression, grace 50, delta 0.01", algorithm: "HoeffdingTree", task: online.TaskRegression,
		parameters: "gracePeriod=50 delta=0.01", steps: scaled,
		peer: river, expression: scaler + "tree.HoeffdingTreeRegressor(grace_period=50, delta=.01, " + quantizer + ")", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding tree for regression, beside the default splitter", algorithm: "HoeffdingTree",
		task: online.TaskRegression, steps: scaled, kind: figure,
		peer: river, expression: scaler + "tree.HoeffdingTreeRegressor()", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding tree for regression, nominal features", algorithm: "HoeffdingTree", task: online.TaskRegression,
		parameters: "leafPrediction=Mean",
		peer:       river, expression: "tree.HoeffdingTreeRegressor(leaf_prediction='mean', nominal_attributes=['chick', 'diet'], " + quantizer + ")",
		on: []string{"chick-nominal"},
	},
	{
		section: regressions, title: "Hoeffding adaptive tree for regression, not bootstrapped", algorithm: "HoeffdingAdaptiveTree",
		task: online.TaskRegression, parameters: "bootstrapSampling=false", steps: scaled, peer: river,
		expression: scaler + "tree.HoeffdingAdaptiveTreeRegressor(bootstrap_sampling=False, seed=seed, " + quantizer + ")", on: regressionData,
	},
	{
		section: regressions, title: "Hoeffding adaptive tree for regression", algorithm: "HoeffdingAdaptiveTree",
		task: online.TaskRegression, kind: seeded, steps: scaled, peer: river, seeds: 20,
		expression: scaler + "tree.HoeffdingAdaptiveTreeRegressor(seed=seed, " + quantizer + ")", on: []string{"trump", "chick", "friedman:2000"},
	},
	{
		section: regressions, title: "Adaptive random forest for regression", algorithm: "AdaptiveRandomForest", task: online.TaskRegression,
		kind: seeded, steps: scaled, peer: river, seeds: 20, slow: true,
		expression: scaler + "forest.ARFRegressor(seed=seed, " + quantizer + ")", on: []string{"trump", "chick", "friedman:2000"},
	},
	{
		section: regressions, title: "Streaming random patches for regression", algorithm: "StreamingRandomPatches", task: online.TaskRegression,
		kind: seeded, steps: scaled, peer: river, seeds: 20, slow: true,
		expression: scaler + "ensemble.SRPRegressor(model=tree.HoeffdingTreeRegressor(grace_period=50, delta=.01, " + quantizer + "), seed=seed)",
		on:         []string{"trump", "chick", "friedman:2000"},
	},
	{
		section: regressions, title: "Online bagging for regression", algorithm: "OnlineBagging", task: online.TaskRegression,
		base: hoeffding, kind: seeded, steps: scaled, peer: river, seeds: 20, slow: true,
		expression: scaler + "ensemble.BaggingRegressor(tree.HoeffdingTreeRegressor(" + quantizer + "), n_models=10, seed=seed)",
		on:         []string{"trump", "chick", "friedman:2000"},
	},
	{
		section: regressions, title: "Aggregated Mondrian forest for regression", algorithm: "AggregatedMondrianForest", task: online.TaskRegression,
		kind: seeded, peer: river, seeds: 20, slow: true, expression: "forest.AMFRegressor(seed=seed)", on: []string{"trump", "chick", "friedman:2000"},
	},
}
