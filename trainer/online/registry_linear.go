package online

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
)

var linearAlgorithms = []algorithm{
	{
		name: "LogisticRegression", task: TaskClassification, binary: true,
		doc:        "Linear model of the logarithm of the odds, by stochastic gradient descent.",
		parameters: linear.LogisticParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return linear.NewLogistic(in, v)
		},
	},
}
