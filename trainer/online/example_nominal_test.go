package online_test

import (
	"fmt"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// A nominal feature's values are tokens of their texts.
func ExampleNominalToken() {
	m, err := online.New(online.Config{
		Algorithm: "GaussianNB",
		Features:  []online.Feature{{Name: "city", Type: online.Nominal}, {Name: "distance"}},
		Classes:   []string{"late", "on time"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, ride := range []struct {
		city     string
		distance float64
		onTime   float64
	}{{"Oslo", 3, 1}, {"Rome", 9, 0}, {"Oslo", 8, 1}, {"Rome", 4, 0}, {"Oslo", 7, 1}} {
		row := []float64{online.NominalToken([]byte(ride.city)), ride.distance}
		m.Learn(row, ride.onTime, random.Position(0, int64(i)))
	}
	p := m.Predict([]float64{online.NominalToken([]byte("Rome")), 6})
	fmt.Printf("class %d with probability %.2f\n", p.Class, p.Scores[p.Class])
	// Output: class 0 with probability 0.68
}
