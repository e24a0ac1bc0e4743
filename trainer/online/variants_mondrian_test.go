package online_test

var mondrianVariants = variantsOf{
	"AggregatedMondrianForest/Classification": {
		"capped": with(map[string]string{"members": "4", "maxBytes": "100000", "splitPure": "true", "step": "0.5"}),
		"leaves": with(map[string]string{"members": "3", "maxNodes": "300", "useAggregation": "false", "dirichlet": "0.1"}),
	},
	"AggregatedMondrianForest/Regression": {
		"capped": with(map[string]string{"members": "4", "maxBytes": "100000", "step": "0.5"}),
		"leaves": with(map[string]string{"members": "3", "maxNodes": "300", "useAggregation": "false"}),
	},
}
