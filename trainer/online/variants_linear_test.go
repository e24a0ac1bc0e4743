package online_test

import "creek.dev/creek/trainer/online"

var linearVariants = variantsOf{
	"LogisticRegression/Classification": {
		"scaled": func(c *online.Config) {
			c.Parameters = map[string]string{"learningRate": "0.05", "l2": "0.001"}
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
		},
	},
}
