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
	{
		name: "MinMaxScaler",
		doc:  "Brings every feature to [0, 1] by its least and greatest value so far.",
		build: func(s learner.Schema, _ parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewMinMaxScaler(len(s))
		},
	},
	{
		name: "MaxAbsScaler",
		doc:  "Divides every feature by its greatest magnitude so far.",
		build: func(s learner.Schema, _ parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewMaxAbsScaler(len(s))
		},
	},
	{
		name: "RobustScaler", parameters: preprocess.RobustParameters,
		doc: "Takes the median off every feature and divides it by the range between two quantiles, which outliers hardly change.",
		build: func(s learner.Schema, v parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewRobustScaler(len(s), v)
		},
	},
	{
		name: "OneHotEncoder", kinds: []learner.Kind{learner.Token}, parameters: preprocess.OneHotParameters,
		doc: "Makes a column of 0 and 1 of each value of a nominal feature.",
		build: func(s learner.Schema, v parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewOneHotEncoder(len(s), v)
		},
	},
	{
		name: "OrdinalEncoder", kinds: []learner.Kind{learner.Token}, parameters: preprocess.OrdinalParameters,
		doc: "Makes a number of each value of a nominal feature, in the order of first appearance.",
		build: func(s learner.Schema, v parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewOrdinalEncoder(len(s), v)
		},
	},
	{
		name: "FeatureHasher", kinds: bothKinds, parameters: preprocess.HasherParameters,
		doc: "Adds every feature to one of a fixed number of columns, which its hash names.",
		build: func(s learner.Schema, v parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewFeatureHasher(s, v)
		},
	},
	{
		name: "StatImputer", kinds: bothKinds, parameters: preprocess.ImputerParameters,
		doc: "Replaces missing values with the feature's mean or most frequent value so far, or with a constant.",
		build: func(s learner.Schema, v parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewStatImputer(s, v)
		},
	},
	{
		name: "PreviousImputer", kinds: bothKinds,
		doc: "Replaces missing values with the last one that the feature had.",
		build: func(s learner.Schema, _ parameter.Values, _ random.Key) learner.Transformer {
			return preprocess.NewPreviousImputer(s)
		},
	},
}

var bothKinds = []learner.Kind{learner.Numeric, learner.Token}
