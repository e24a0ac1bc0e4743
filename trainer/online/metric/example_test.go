package metric_test

import (
	"fmt"

	"creek.dev/creek/trainer/online/metric"
)

// Measures count outcomes one by one, over all of them or over the newest, and
// those of the same kind can be merged.
func ExampleNew() {
	all, err := metric.New("Classification", 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	newest, err := metric.NewWindowed("Classification", 2, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range []metric.Outcome{
		{Y: 1, Class: 0, Scores: []float64{0.6, 0.4}},
		{Y: 1, Class: 1, Scores: []float64{0.3, 0.7}},
		{Y: 0, Class: 0, Scores: []float64{0.9, 0.1}},
	} {
		all.Update(o)
		newest.Update(o)
	}
	fmt.Printf("%d outcomes, accuracy %.2f, recall %.2f\n", all.Records(), all.Values()["accuracy"], all.Values()["recall"])
	fmt.Printf("the newest %d: accuracy %.2f\n", newest.Records(), newest.Values()["accuracy"])
	// Output:
	// 3 outcomes, accuracy 0.67, recall 0.50
	// the newest 2: accuracy 1.00
}
