package forest

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"creek.dev/creek/trainer/online/parameter"
)

// featureCount is a parameter that says how many features are looked at.
func featureCount(name, word, doc string) parameter.Spec {
	return parameter.Spec{
		Name: name, Type: parameter.Text, Word: word, Accepts: `sqrt, all, a share such as 60%, or a whole number from 1`,
		Check: checkFeatures, Doc: doc,
	}
}

var errFeatures = errors.New("no number of features")

// checkFeatures brings a number of features into its one form.
func checkFeatures(text string) (string, error) {
	if text == "sqrt" || text == "all" {
		return text, nil
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		v, err := strconv.ParseFloat(share, 64)
		if err != nil || !(v > 0 && v <= 100) {
			return "", errFeatures
		}
		return strconv.FormatFloat(v, 'g', -1, 64) + "%", nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<20 {
		return "", errFeatures
	}
	return strconv.Itoa(n), nil
}

// countFeatures is how many of so many features a checked text means. A share is
// rounded, and never means fewer than least where there are more.
func countFeatures(text string, features, least int) int {
	if text == "all" {
		return features
	}
	if text == "sqrt" {
		return int(math.RoundToEven(math.Sqrt(float64(features))))
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		v, _ := strconv.ParseFloat(share, 64)
		n := int(math.RoundToEven(float64(float64(features)*v) / 100))
		return min(max(n, least), features)
	}
	n, _ := strconv.Atoi(text)
	return min(n, features)
}
