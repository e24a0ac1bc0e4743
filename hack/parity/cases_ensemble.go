package main

import "creek.dev/creek/trainer/online"

const ensembles = "Ensembles of classifiers"

var hoeffding = &online.Base{Algorithm: "HoeffdingTree"}

var ensembleGroups = []group{
	{
		section: ensembles, title: "Adaptive random forest of 10", algorithm: "AdaptiveRandomForest", parameters: "maxFeatures=sqrt", kind: seeded,
		peer: river, expression: "forest.ARFClassifier(seed=seed)", on: []string{"phishing", "bananas", "segments"}, seeds: 20, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 10", algorithm: "AdaptiveRandomForest", parameters: "maxFeatures=sqrt", kind: seeded,
		peer: river, expression: "forest.ARFClassifier(seed=seed)", on: []string{"elec2", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 10, 60 % of the features", algorithm: "AdaptiveRandomForest",
		parameters: "maxFeatures=60%", kind: seeded,
		peer: moa, expression: "meta.AdaptiveRandomForest -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, seeds: 20, slow: true,
	},
	{
		section: ensembles, title: "Adaptive random forest of 100, 60 % of the features", algorithm: "AdaptiveRandomForest",
		parameters: "members=100 maxFeatures=60%", kind: seeded,
		peer: moa, expression: "meta.AdaptiveRandomForest -s 100", on: []string{"elec2"}, creekSeeds: 10, slow: true,
	},
	{
		section: ensembles, title: "Online bagging of 10 Hoeffding trees", algorithm: "OnlineBagging", base: hoeffding, kind: seeded,
		peer: river, expression: "ensemble.BaggingClassifier(tree.HoeffdingTreeClassifier(), n_models=10, seed=seed)",
		on: []string{"phishing", "bananas", "segments", "elec2:20000"}, slow: true,
	},
	{
		section: ensembles, title: "Leveraging bagging of 10 Hoeffding trees", algorithm: "LeveragingBagging", base: hoeffding, kind: seeded,
		peer: river, expression: "ensemble.LeveragingBaggingClassifier(tree.HoeffdingTreeClassifier(), n_models=10, seed=seed)",
		on: []string{"phishing", "bananas", "segments:1000", "elec2:15000"}, slow: true,
	},
	{
		section: ensembles, title: "Leveraging bagging of 10 Hoeffding trees", algorithm: "LeveragingBagging", base: hoeffding, kind: seeded,
		peer: moa, expression: "meta.LeveragingBag -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "ADWIN bagging of 10 Hoeffding trees", algorithm: "ADWINBagging", base: hoeffding, kind: seeded,
		peer: moa, expression: "meta.OzaBagAdwin -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, slow: true,
	},
	{
		section: ensembles, title: "Streaming random patches of 10", algorithm: "StreamingRandomPatches", kind: seeded,
		peer: river, expression: "ensemble.SRPClassifier(seed=seed)", on: []string{"phishing", "bananas:2500", "segments:1000", "elec2:5000"}, slow: true,
	},
	{
		section: ensembles, title: "Streaming random patches of 10", algorithm: "StreamingRandomPatches", kind: seeded,
		peer: moa, expression: "meta.StreamingRandomPatches -s 10", on: []string{"elec2", "phishing", "bananas", "segments", "sea"}, slow: true,
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
