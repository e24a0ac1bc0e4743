package online_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online"
)

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		change func(*online.Config)
		want   string
	}{
		"good": {change: func(*online.Config) {}},
		"rate too large": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"learningRate": "7"} },
			want:   "parameter learningRate: 7 is outside (0, 1]",
		},
		"rate zero": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"learningRate": "0"} },
			want:   "parameter learningRate: 0 is outside (0, 1]",
		},
		"no number": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"l2": ""} },
			want:   `parameter l2: "" is not a number; what is accepted: [0, 1000]`,
		},
		"a word": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"learningRate": "abc"} },
			want:   "parameter learningRate: abc is not a number; what is accepted: (0, 1]",
		},
		"too many": {
			change: func(c *online.Config) {
				*c = online.Config{Algorithm: "StreamingGradientBoostedTrees", Features: c.Features, Parameters: map[string]string{"gracePeriod": "1e10"}}
			},
			want: "parameter gracePeriod: 1e10 is not accepted; what is: whole numbers in [1, 1000000000]",
		},
		"little memory": {
			change: func(c *online.Config) {
				c.Algorithm, c.Preprocessing, c.Parameters = "AggregatedMondrianForest", nil, map[string]string{"maxBytes": "1024", "members": "100"}
			},
			want: "parameter maxBytes: 1024 is outside [8800, …): with less there is no room for a leaf of every tree",
		},
		"little memory for members": {
			change: func(c *online.Config) {
				c.Algorithm, c.Preprocessing, c.Parameters = "OnlineBagging", nil, map[string]string{"maxBytes": "1024"}
			},
			want: "parameter maxBytes: 1024 is outside [10240, …): with less there is no room for a leaf of every tree",
		},
		"memory of members without a cap": {
			change: func(c *online.Config) {
				c.Algorithm, c.Preprocessing, c.Parameters = "OneVsRest", nil, map[string]string{"maxBytes": "102400"}
			},
			want: "maxBytes: LogisticRegression, of which the ensemble is made, has no cap on its memory",
		},
		"NaN": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"l2": "NaN"} },
			want:   "parameter l2: NaN is outside [0, 1000]",
		},
		"unknown parameter": {
			change: func(c *online.Config) { c.Parameters = map[string]string{"depth": "3"} },
			want:   "parameter depth: LogisticRegression does not have it; it has beta, clipGradient, epsilon, hashBits, interactions, interceptLearningRate, l1, l2, learningRate, optimizer, powerT",
		},
		"unknown algorithm": {
			change: func(c *online.Config) { c.Algorithm = "Logistic" },
			want:   `algorithm "Logistic" is not known; known are ` + strings.Join(online.Algorithms(), ", "),
		},
		"no algorithm": {
			change: func(c *online.Config) { c.Algorithm = "" },
			want:   "algorithm is missing; known are " + strings.Join(online.Algorithms(), ", "),
		},
		"another task": {
			change: func(c *online.Config) { c.Task = "Regression" },
			want:   `task of LogisticRegression "Regression" is not known; known are ` + strings.Join(online.Tasks("LogisticRegression"), ", "),
		},
		"unknown transform": {
			change: func(c *online.Config) { c.Preprocessing[0].Type = "Scaler" },
			want:   `preprocessing[0]: preprocessing type "Scaler" is not known; known are ` + strings.Join(online.Transforms(), ", "),
		},
		"parameter of a transform": {
			change: func(c *online.Config) { c.Preprocessing[0].Parameters = map[string]string{"window": "1"} },
			want:   "preprocessing[0]: parameter window: StandardScaler has no parameters",
		},
		"no features":   {change: func(c *online.Config) { c.Features = nil }, want: "features: at least one is needed"},
		"twice":         {change: func(c *online.Config) { c.Features = online.NumericFeatures("a", "a") }, want: `features: "a" stands there twice`},
		"three classes": {change: func(c *online.Config) { c.Classes = []string{"a", "b", "c"} }, want: "classes: LogisticRegression needs exactly two, not 3; OneVsRest makes it tell more apart"},
		"three classes for a detector": {
			change: func(c *online.Config) {
				*c = online.Config{Algorithm: "LODA", Features: c.Features, Classes: []string{"usual", "odd", "fraud"}}
			},
			want: "classes: LODA tells what is unusual from what is usual: two at most, not 3",
		},
		"classes of a number": {
			change: func(c *online.Config) {
				*c = online.Config{Algorithm: "LinearRegression", Features: c.Features, Classes: []string{"low", "high"}}
			},
			want: "classes: LinearRegression predicts a number, so there are none; 2 are given",
		},
		"no classes": {change: func(c *online.Config) { c.Classes = nil }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := logistic([]string{"a", "b"}, "0.1")
			tc.change(&c)
			got := ""
			if err := c.Validate(); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Two spellings of one configuration give the same model, bytes and all, and
// the configuration that a model shows is complete.
func TestDefaultsAreFilledIn(t *testing.T) {
	short := online.Config{Algorithm: "LogisticRegression", Features: online.NumericFeatures("a")}
	long := short
	long.Task = online.TaskClassification
	long.Parameters = map[string]string{
		"learningRate": "1e-2", "interceptLearningRate": "0.010", "l2": "0.0", "clipGradient": "1000000000000",
	}
	long.Preprocessing = []online.Transform{}
	if newModel(t, short).Digest() != newModel(t, long).Digest() {
		t.Error("the same configuration in other words gives another model")
	}
	text, err := json.Marshal(newModel(t, short).Config())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"algorithm":"LogisticRegression","task":"Classification","parameters":` +
		`{"beta":"1","clipGradient":"1e+12","epsilon":"1e-08","hashBits":"0","interactions":"","interceptLearningRate":"0.01","l1":"0","l2":"0",` +
		`"learningRate":"0.01","optimizer":"SGD","powerT":"0.5"},"features":["a"]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}
