package online_test

import (
	"strings"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// Interactions are checked against the hashing and against the features.
func TestHashedConfigs(t *testing.T) {
	for _, test := range []struct{ bits, interactions, want string }{
		{"10", "", ""},
		{"10", "all", ""},
		{"10", " 1:0 ,4:4", ""},
		{"0", "all", "parameter interactions: all is not accepted; what is: none, unless hashBits is above 0"},
		{"10", "0:5", "numbers below 5, since a row has so many features"},
		{"10", "0-1", "parameter interactions: 0-1 is not accepted"},
		{"29", "", "parameter hashBits: 29 is not accepted"},
	} {
		c := online.Config{Algorithm: "LogisticRegression", Features: online.NumericFeatures(contractFeatures...)}
		c.Parameters = map[string]string{"hashBits": test.bits, "interactions": test.interactions}
		err := c.Validate()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// Nominal values are learned as they are, in any number, alone and below
// another learner; dense weights have no use for them.
func TestHashedNominal(t *testing.T) {
	c := online.Config{
		Algorithm: "LogisticRegression", Parameters: map[string]string{"hashBits": "16", "optimizer": "FTRL", "learningRate": "0.5"},
		Features: []online.Feature{{Name: "word", Type: online.Nominal}},
	}
	many := c
	many.Algorithm, many.Parameters, many.Classes = "OneVsRest", nil, []string{"even", "odd"}
	many.Base = &online.Base{Algorithm: c.Algorithm, Parameters: c.Parameters}
	for _, c := range []online.Config{c, many} {
		m, right := newModel(t, c), 0
		for i := range 30000 {
			word := random.New(2).Below(uint64(i), 3000)
			p := m.PredictLearn([]float64{online.NominalToken([]byte{byte(word), byte(word >> 8)})}, float64(word%2), random.Position(0, int64(i)))
			if i >= 20000 && p.Class == int(word%2) {
				right++
			}
		}
		if right < 9500 {
			t.Errorf("%s: %d of 10000 words are known", c.Algorithm, right)
		}
	}
	c.Parameters = nil
	if err := c.Validate(); err == nil {
		t.Error("dense weights take a nominal feature")
	}
}
