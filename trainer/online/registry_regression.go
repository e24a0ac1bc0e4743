package online

import (
	"creek.dev/creek/trainer/online/ensemble"
	"creek.dev/creek/trainer/online/forest"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/regressiontree"
)

var treeRegressors = []algorithm{
	{
		name: "HoeffdingTree", task: TaskRegression, nominal: true,
		doc:        "Decision tree that splits as soon as it is sure, with linear models in its leaves.",
		parameters: regressiontree.HoeffdingParameters,
		least:      func(in learner.Input, v parameter.Values) int { return regressiontree.NewSettings(in, v).LeastBytes() },
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return regressiontree.NewHoeffding(in, v)
		},
	},
	{
		name: "HoeffdingAdaptiveTree", task: TaskRegression, nominal: true,
		doc:        "Hoeffding tree that replaces branches when their errors grow.",
		parameters: regressiontree.AdaptiveParameters, least: regressiontree.LeastAdaptiveBytes,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return regressiontree.NewAdaptive(in, v)
		},
	},
	{
		name: "AdaptiveRandomForest", task: TaskRegression, nominal: true, shards: true,
		doc:        "Trees of random features and weights, each replaced when its errors change.",
		parameters: forest.RandomForestRegressorParameters, least: forest.LeastRandomForestRegressorBytes,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return forest.NewRandomForestRegressor(in, v)
		},
	},
	{
		name: "StreamingRandomPatches", task: TaskRegression, nominal: true, shards: true,
		doc:        "Trees that each see some of the features and rows, each replaced when its errors change.",
		parameters: forest.PatchesRegressorParameters, least: forest.LeastPatchesRegressorBytes,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return forest.NewPatchesRegressor(in, v)
		},
	},
	{
		name: "OnlineBagging", task: TaskRegression, base: "HoeffdingTree", shards: true,
		doc:        "Learners that each learn every row as often as a Poisson distribution says.",
		parameters: ensemble.BaggingParameters,
		regressor: func(in learner.Input, v parameter.Values, b base) learner.Regressor {
			return ensemble.NewBaggingRegressor(in, v, b.regressor)
		},
	},
}
