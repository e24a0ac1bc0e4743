package online

import (
	"creek.dev/creek/trainer/online/boosting"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

var boostingAlgorithms = []algorithm{
	{
		name: "StreamingGradientBoostedTrees", task: TaskClassification, nominal: true,
		doc:        "Trees one after the other, of which each learns what those before it get wrong.",
		parameters: boosting.Parameters, least: boosting.LeastBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return boosting.NewClassifier(in, v)
		},
	},
	{
		name: "StreamingGradientBoostedTrees", task: TaskRegression, nominal: true,
		doc:        "Trees one after the other, of which each learns what those before it get wrong.",
		parameters: boosting.Parameters, least: boosting.LeastBytes,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return boosting.NewRegressor(in, v)
		},
	},
}
