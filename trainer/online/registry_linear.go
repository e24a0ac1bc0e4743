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
		parameters: linear.GLMParameters, tokens: hashed, check: linear.CheckHashing,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			if hashed(v) {
				return linear.NewHashedLogistic(in, v)
			}
			return linear.NewLogistic(in, v)
		},
	},
	{
		name: "LinearRegression", task: TaskRegression,
		doc:        "Linear model by the squared loss, by stochastic gradient descent.",
		parameters: linear.GLMParameters, tokens: hashed, check: linear.CheckHashing,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			if hashed(v) {
				return linear.NewHashedLinear(in, v)
			}
			return linear.NewLinear(in, v)
		},
	},
	{
		name: "SoftmaxRegression", task: TaskClassification,
		doc:        "Logistic regression of several classes, without intercepts.",
		parameters: linear.SoftmaxParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return linear.NewSoftmax(in, v)
		},
	},
	{
		name: "PassiveAggressive", task: TaskClassification, binary: true,
		doc:        "Linear classifier whose steps go as far as each mistake asks for.",
		parameters: linear.PAClassifierParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return linear.NewPAClassifier(in, v)
		},
	},
	{
		name: "PassiveAggressive", task: TaskRegression,
		doc:        "Linear regression whose steps go as far as each error asks for.",
		parameters: linear.PARegressorParameters,
		regressor: func(in learner.Input, v parameter.Values, _ base) learner.Regressor {
			return linear.NewPARegressor(in, v)
		},
	},
	{
		name: "ALMA", task: TaskClassification, binary: true,
		doc:        "Linear classifier that approximates the one with the largest margin.",
		parameters: linear.ALMAParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return linear.NewALMA(in, v)
		},
	},
	{
		name: "Perceptron", task: TaskClassification, binary: true,
		doc:        "Linear classifier that adds each row that it had on the wrong side.",
		parameters: linear.PerceptronParameters,
		classifier: func(in learner.Input, v parameter.Values, _ base) learner.Classifier {
			return linear.NewPerceptron(in, v)
		},
	},
}

// hashed tells whether a linear model has its weights in a hashed table.
func hashed(v parameter.Values) bool { return v.Int("hashBits") > 0 }
