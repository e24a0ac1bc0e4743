package online_test

import "creek.dev/creek/trainer/online"

var regressionVariants = variantsOf{
	"HoeffdingTree/Regression": {
		"nominal": nominal,
		"binary": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"binarySplit": "true", "leafPrediction": "Mean", "gracePeriod": "50", "delta": "0.01"}
		},
		"histogram":  with(map[string]string{"numericObserver": "Histogram", "maxSlots": "16", "gracePeriod": "50", "delta": "0.01"}),
		"consistent": with(map[string]string{"numericObserver": "ConsistentQuantizer", "gracePeriod": "50", "delta": "0.01"}),
		"linear":     with(map[string]string{"leafPrediction": "Linear", "radius": "0.1", "maxSlots": "8", "meritPreprune": "false"}),
		"capped": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"maxBytes": "16384", "gracePeriod": "20", "tau": "0.5", "radius": "0.01", "maxDepth": "6"}
		},
	},
	"AdaptiveRandomForest/Regression": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "3", "maxFeatures": "60%", "aggregation": "Mean", "disableWeightedVote": "false"}
		},
		"capped": with(map[string]string{"members": "5", "maxBytes": "1048576", "radius": "0.001", "driftDelta": "0.1", "warningDelta": "0.3"}),
	},
	"StreamingRandomPatches/Regression": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "4", "disableWeightedVote": "false", "driftDelta": "0.1", "warningDelta": "0.3"}
		},
		"resampling": with(map[string]string{"members": "3", "trainingMethod": "Resampling", "aggregation": "Median"}),
	},
	"OnlineBagging/Regression": {
		"adaptive": func(c *online.Config) {
			nominal(c)
			c.Base = &online.Base{Algorithm: "HoeffdingAdaptiveTree"}
			c.Parameters = map[string]string{"members": "3", "lambda": "2"}
		},
		"linear": func(c *online.Config) {
			c.Base = &online.Base{Algorithm: "LinearRegression"}
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
		},
	},
	"HoeffdingAdaptiveTree/Regression": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"gracePeriod": "50", "delta": "0.01", "driftDelta": "0.1", "driftWindowThreshold": "50"}
		},
		"capped": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"maxBytes": "65536", "gracePeriod": "20", "tau": "0.5", "driftDelta": "0.3", "bootstrapSampling": "false"}
		},
	},
}
