package online_test

import "creek.dev/creek/trainer/online"

var ensembleVariants = variantsOf{
	"OneVsRest/Classification": {
		"Bayes": func(c *online.Config) {
			nominal(c)
			c.Base = &online.Base{Algorithm: "GaussianNB"}
		},
		"scaled": func(c *online.Config) {
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
		},
	},
}
