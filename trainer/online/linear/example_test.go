package linear_test

import (
	"fmt"

	"creek.dev/creek/trainer/online/hashing"
	"creek.dev/creek/trainer/online/linear"
	"creek.dev/creek/trainer/online/parameter"
)

// A model of sparse rows, whose features are hashed names.
func ExampleHashed() {
	m := linear.NewHashed(linear.LogisticLoss, parameter.MustParse(linear.GLMParameters, map[string]string{
		"hashBits": "18", "optimizer": linear.FTRL, "learningRate": "0.5",
	}))
	hash := func(names ...string) (index []uint32, value []float32) {
		for _, name := range names {
			index, value = append(index, hashing.Murmur32([]byte(name), 0)), append(value, 1)
		}
		return index, value
	}
	for range 50 {
		index, value := hash("country=FR", "device=phone")
		m.PredictLearn(index, value, 1, 1)
		index, value = hash("country=FR", "device=desk")
		m.PredictLearn(index, value, 0, 1)
	}
	for _, device := range []string{"phone", "desk"} {
		fmt.Printf("%s: %.1f\n", device, m.Predict(hash("country=FR", "device="+device)))
	}
	// Output:
	// phone: 0.9
	// desk: 0.1
}
