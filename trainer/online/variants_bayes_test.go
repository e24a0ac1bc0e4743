package online_test

import "creek.dev/creek/trainer/online"

var bayesVariants = variantsOf{
	"GaussianNB/Classification": {"nominal": nominal},
	"MultinomialNB/Classification": {
		"one-hot": nominalSteps(online.Transform{Type: "OneHotEncoder"}),
		"little":  with(map[string]string{"alpha": "0.001"}),
	},
	"BernoulliNB/Classification": {
		"one-hot": nominalSteps(online.Transform{Type: "OneHotEncoder"}),
		"none":    with(map[string]string{"alpha": "0", "trueThreshold": "0.5"}),
	},
}
