package online_test

import "creek.dev/creek/trainer/online"

var boostingVariants = variantsOf{
	"StreamingGradientBoostedTrees/Classification": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "5", "subspace": "1", "maxBytes": "1048576", "maxSlots": "16"}
		},
	},
	"StreamingGradientBoostedTrees/Regression": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "5", "subspace": "0.5", "learningRate": "0.5", "maxDepth": "4"}
		},
	},
}
