package online

import (
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/preprocess"
	"creek.dev/creek/trainer/online/random"
)

var preprocessors = []transform{
	{
		name: "StandardScaler",
		doc:  "Brings every feature to mean 0 and variance 1 by running statistics.",
		build: func(s learner.Schema, _ parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewStandardScaler(len(s))
		},
	},
}
