package online

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/mondrian"
	"creek.dev/creek/trainer/online/parameter"
)

var mondrianAlgorithms = []algorithm{
	{
		name: "AggregatedMondrianForest", task: TaskClassification, shards: true,
		doc:        "Trees that cut space at random, of which all prunings predict by how well they have predicted.",
		parameters: mondrian.ClassifierParameters, least: mondrian.LeastBytes,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return mondrian.NewClassifier(in, v)
		},
	},
	{
		name: "AggregatedMondrianForest", task: TaskRegression, shards: true,
		doc:        "Trees that cut space at random, of which all prunings predict by how well they have predicted.",
		parameters: mondrian.RegressorParameters, least: mondrian.LeastBytes,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return mondrian.NewRegressor(in, v)
		},
	},
}
