package linear_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
)

// stateful are models that a state is read into.
func stateful(optimizer string) []learner.Classifier {
	in := learner.Input{Schema: make(learner.Schema, 3), Classes: 2}
	glm := glmValues("optimizer", optimizer, "l1", "0.01")
	hashed := glmValues("optimizer", optimizer, "l1", "0.01", "hashBits", "3")
	models := []learner.Classifier{
		linear.NewLogistic(in, glm),
		linear.NewHashedLogistic(in, hashed),
		linear.NewALMA(in, parameter.MustParse(linear.ALMAParameters, nil)),
		linear.NewPAClassifier(in, parameter.MustParse(linear.PAClassifierParameters, nil)),
	}
	if optimizer != linear.Adaptive {
		models = append(models, linear.NewSoftmax(in, parameter.MustParse(linear.SoftmaxParameters, map[string]string{"optimizer": optimizer})))
	}
	return models
}

var optimizers = []string{linear.SGD, linear.AdaGrad, linear.FTRL, linear.Adaptive}

// Whatever a state holds, it is refused, or the model goes on learning.
func FuzzRestore(f *testing.F) {
	x, scores := []float64{1, -2, 0.5}, make([]float64, 2)
	for which, optimizer := range optimizers {
		for _, m := range stateful(optimizer) {
			m.Learn(x, 1, 1, 0)
			state := flat.Append(nil, m)
			f.Add(uint8(which), state[:len(state)-sha256.Size])
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		sum := sha256.Sum256(body)
		state := slices.Concat(body, sum[:])
		read := 0
		for _, m := range stateful(optimizers[int(which)%len(optimizers)]) {
			if flat.Restore(state, m) != nil {
				continue
			}
			read++
			m.PredictLearn(x, scores, 0, 1, 0)
			m.PredictLearn(x, scores, 1, 1, 0)
		}
		if read > 2 {
			t.Errorf("%d kinds of models read the same state", read)
		}
	})
}
