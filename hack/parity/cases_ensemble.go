package main

import "creek.dev/creek/trainer/online"

const ensembles = "Ensembles of classifiers"

var hoeffding = &online.Base{Algorithm: "HoeffdingTree"}

// hoeffdingZero are the trees of bagging here: what classes that a leaf has not seen are to naive Bayes is by default River's way in a
// tree of its own, and MOA's in forests.
var hoeffdingZero = &online.Base{Algorithm: "HoeffdingTree", Parameters: map[string]string{"missingDensity": "Zero"}}

// The confidences that River and MOA have by default; Creek's own are others.
const (
	forestDeltas = "driftDelta=0.001 warningDelta=0.01"
	patchDeltas  = "driftDelta=0.00001 warningDelta=0.0001"
)

var ensembleGroups = []group{
	{
		section: ensembles, title: "Adaptive random forest of 10", algorithm: "AdaptiveRandomForest", parameters: "maxFeatures=sqrt " + forestDeltas, kind: seeded,
		peer: river, expression: "forest.ARFClassifier(seed=seed)", on: []string{"phishing", "bananas", "segments"}, seeds: 20, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 10", algorithm: "AdaptiveRandomForest", parameters: "maxFeatures=sqrt " + forestDeltas, kind: seeded,
		peer: river, expression: "forest.ARFClassifier(seed=seed)", on: []string{"elec2", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 10, 60 % of the features", algorithm: "AdaptiveRandomForest",
		parameters: "maxFeatures=60% " + forestDeltas, kind: seeded,
		peer: moa, expression: "meta.AdaptiveRandomForest -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, seeds: 20, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 100, 60 % of the features", algorithm: "AdaptiveRandomForest",
		parameters: "members=100 maxFeatures=60% " + forestDeltas, kind: seeded,
		peer: moa, expression: "meta.AdaptiveRandomForest -s 100", on: []string{"elec2"}, creekSeeds: 10, slow: true,
	},
	{
		section: ensembles, title: "Online bagging of 10 Hoeffding trees", algorithm: "OnlineBagging", base: hoeffdingZero, kind: seeded,
		peer: river, expression: "ensemble.BaggingClassifier(tree.HoeffdingTreeClassifier(), n_models=10, seed=seed)",
		on: []string{"phishing", "bananas", "segments", "elec2:20000"}, slow: true,
	},
	{
		section: ensembles, title: "Online bagging of 10 Hoeffding trees", algorithm: "OnlineBagging", base: hoeffdingZero, kind: seeded,
		peer: moa, expression: "meta.OzaBag -s 10", on: []string{"phishing", "bananas", "segments", "elec2:20000", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Leveraging bagging of 10 Hoeffding trees", algorithm: "LeveragingBagging", base: hoeffdingZero, kind: seeded,
		peer: river, expression: "ensemble.LeveragingBaggingClassifier(tree.HoeffdingTreeClassifier(), n_models=10, seed=seed)",
		on: []string{"phishing", "bananas", "segments:1000", "elec2:15000"}, slow: true,
	},
	{
		section: ensembles, title: "Leveraging bagging of 10 Hoeffding trees", algorithm: "LeveragingBagging", base: hoeffdingZero, kind: seeded,
		peer: moa, expression: "meta.LeveragingBag -s 10", on: []string{"elec2", "elec2:15000", "phishing", "bananas", "segments", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "ADWIN bagging of 10 Hoeffding trees", algorithm: "ADWINBagging", base: hoeffdingZero, kind: seeded,
		peer: moa, expression: "meta.OzaBagAdwin -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Streaming random patches of 10", algorithm: "StreamingRandomPatches", parameters: patchDeltas, kind: seeded,
		peer: river, expression: "ensemble.SRPClassifier(seed=seed)", on: []string{"phishing", "bananas:2500", "segments:1000", "elec2:5000"}, slow: true,
	},
	{
		section: ensembles, title: "Streaming random patches of 10", algorithm: "StreamingRandomPatches", parameters: patchDeltas, kind: seeded,
		peer: moa, expression: "meta.StreamingRandomPatches -s 10", on: []string{"elec2", "elec2:5000", "phishing", "bananas", "segments", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Aggregated Mondrian forest of 10", algorithm: "AggregatedMondrianForest", kind: seeded,
		peer: river, expression: "forest.AMFClassifier(seed=seed)", on: []string{"phishing", "bananas", "segments", "elec2:15000"}, slow: true,
	},
	{
		section: ensembles, title: "Streaming gradient-boosted trees", algorithm: "StreamingGradientBoostedTrees", kind: seeded,
		peer: moa, expression: "meta.StreamingGradientBoostedTrees", on: []string{"phishing", "bananas", "segments:1000", "elec2:10000"}, slow: true,
	},
}
