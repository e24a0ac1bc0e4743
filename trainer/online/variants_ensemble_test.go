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
	"OnlineBagging/Classification": {
		"logistic": func(c *online.Config) {
			c.Base = &online.Base{Algorithm: "LogisticRegression"}
			c.Preprocessing = []online.Transform{{Type: "StandardScaler"}}
			c.Parameters = map[string]string{"members": "3", "lambda": "2"}
		},
		"one-vs-rest": func(c *online.Config) {
			c.Base = &online.Base{Algorithm: "OneVsRest"}
			c.Parameters = map[string]string{"members": "3"}
		},
	},
	"LeveragingBagging/Classification": {
		"nominal": func(c *online.Config) {
			nominal(c)
			c.Parameters = map[string]string{"members": "4", "delta": "0.5"}
		},
	},
	"ADWINBagging/Classification": {
		"Bayes": func(c *online.Config) {
			c.Base = &online.Base{Algorithm: "GaussianNB"}
			c.Parameters = map[string]string{"members": "4", "delta": "0.5"}
		},
	},
}
