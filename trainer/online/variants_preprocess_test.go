package online_test

import "creek.dev/creek/trainer/online"

// The steps are tested before one learner.
var preprocessVariants = variantsOf{
	"GaussianNB/Classification": {
		"min-max":  numericSteps(online.Transform{Type: "MinMaxScaler"}),
		"max-abs":  numericSteps(online.Transform{Type: "MaxAbsScaler"}),
		"robust":   numericSteps(online.Transform{Type: "RobustScaler"}),
		"mean":     numericSteps(online.Transform{Type: "StatImputer"}, online.Transform{Type: "StandardScaler"}),
		"constant": numericSteps(online.Transform{Type: "StatImputer", Parameters: map[string]string{"statistic": "constant", "value": "-1"}}),
		"median": numericSteps(online.Transform{
			Type: "RobustScaler", Features: []string{"b", "d"},
			Parameters: map[string]string{"withScaling": "false"},
		}),
		"one-hot": nominalSteps(online.Transform{Type: "OneHotEncoder"}, online.Transform{Type: "StandardScaler"}),
		"ordinal": nominalSteps(
			online.Transform{Type: "OrdinalEncoder", Parameters: map[string]string{"unknownValue": "2", "maxLevels": "3"}},
			online.Transform{Type: "MinMaxScaler"},
		),
		"hashed":   nominalSteps(online.Transform{Type: "FeatureHasher", Parameters: map[string]string{"columns": "16"}}),
		"mode":     nominalSteps(online.Transform{Type: "StatImputer"}, online.Transform{Type: "OneHotEncoder"}),
		"previous": nominalSteps(online.Transform{Type: "PreviousImputer"}, online.Transform{Type: "OneHotEncoder"}),
	},
}

func numericSteps(steps ...online.Transform) func(*online.Config) {
	return func(c *online.Config) { c.Preprocessing = steps }
}

func nominalSteps(steps ...online.Transform) func(*online.Config) {
	return func(c *online.Config) {
		nominal(c)
		c.Preprocessing = steps
	}
}
