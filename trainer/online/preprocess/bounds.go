package preprocess

import (
	"errors"

	"creek.dev/creek/trainer/online/learner"
)

// ErrMerge says that two transformers of different rows were to be merged.
var ErrMerge = errors.New("transformers of different rows cannot be merged")

// quotient is a/b, or 0 when b is 0.
func quotient(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// bounded keeps v, which is not NaN, within what a row may hold.
func bounded(v float64) float64 { return min(max(v, -learner.Limit), learner.Limit) }
