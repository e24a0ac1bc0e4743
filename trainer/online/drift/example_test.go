package drift_test

import (
	"fmt"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// A detector is made by its name and the parameters that differ from the
// defaults, and told one number after the other.
func ExampleNew() {
	for _, name := range []string{"ADWIN", "PageHinkley"} {
		values, err := parameter.Parse(name, drift.Parameters(name), map[string]string{"delta": "0.01"})
		if err != nil {
			fmt.Println(err)
			return
		}
		detector, err := drift.New(name, values, random.New(1))
		if err != nil {
			fmt.Println(err)
			return
		}
		for i := range 2000 {
			x := 0.2
			if i >= 1000 {
				x = 0.8
			}
			if detector.Update(x) {
				fmt.Println(name, "sees the change soon after it:", i > 1000 && i < 1100)
				break
			}
		}
	}
	// Output:
	// ADWIN sees the change soon after it: true
	// PageHinkley sees the change soon after it: true
}
