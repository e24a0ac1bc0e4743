package main

import (
	"cmp"
	"math"
	"slices"

	"creek.dev/creek/trainer/online"
)

// outcome is what one side made of a case with one seed.
type outcome struct {
	// figures by name.
	figures map[string]float64
	// values are what came out row by row, width for each row; empty where only figures matter.
	values []float64
	width  int
	// counted is the number of rows that the figures are about.
	counted int
}

// measure computes the figures of a learner's values as both sides do: a row without a predicted class is not counted.
func measure(task string, t *table, values []float64, width int) outcome {
	o := outcome{figures: map[string]float64{}, values: values, width: width}
	switch task {
	case online.TaskClassification:
		right := 0
		for i := range len(values) / width {
			if class := values[i*width]; class >= 0 {
				o.counted++
				if class == t.y[i] {
					right++
				}
			}
		}
		o.figures["accuracy"] = float64(right) / float64(max(o.counted, 1))
	case online.TaskRegression:
		absolute, squares := 0.0, 0.0
		for i, v := range values {
			absolute += math.Abs(v - t.y[i])
			squares += (v - t.y[i]) * (v - t.y[i])
		}
		o.counted = len(values)
		o.figures["mae"] = absolute / float64(max(o.counted, 1))
		o.figures["rmse"] = math.Sqrt(squares / float64(max(o.counted, 1)))
	default:
		o.counted = len(values)
		o.figures["auc"] = auc(values, t.y)
	}
	return o
}

// auc is the probability that an unusual row has a higher score than a usual one, equal scores counting half.
func auc(scores, y []float64) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a], scores[b]) })
	below, pairs, unusual := 0.0, 0.0, 0.0
	for i := 0; i < len(order); {
		j, marked := i, 0.0
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			marked += y[order[j]]
		}
		usual := float64(j-i) - marked
		pairs += marked * (below + usual/2)
		below += usual
		unusual += marked
		i = j
	}
	if unusual*below == 0 {
		return 0
	}
	return pairs / (unusual * below)
}

// difference tells on how many rows two sides differ, which is the first, and by how much a value differs at most.
type difference struct {
	rows, of, first int
	largest         float64
}

// tolerance is how far values may be apart, of numbers above 1 relatively, that count as the same: what sums in another order come to.
const tolerance = 1e-6

// compare goes through the values of both sides. Of a classifier the first value of a row is its class.
func compare(a, b outcome, classifier, classesOnly bool) difference {
	d := difference{of: min(len(a.values), len(b.values)) / a.width, first: -1}
	for i := range d.of {
		differs := false
		for j := range a.width {
			v, w := a.values[i*a.width+j], b.values[i*a.width+j]
			if classifier && j == 0 {
				differs = differs || v != w
				continue
			}
			apart := distance(v, w)
			d.largest = max(d.largest, apart)
			differs = differs || apart > tolerance && !classesOnly
		}
		if differs {
			if d.rows++; d.first < 0 {
				d.first = i
			}
		}
	}
	return d
}

func distance(v, w float64) float64 {
	switch {
	case v == w || math.IsNaN(v) && math.IsNaN(w):
		return 0
	case math.IsNaN(v) || math.IsNaN(w):
		return math.Inf(1)
	}
	return math.Abs(v-w) / max(1, math.Abs(v), math.Abs(w))
}

// spread is the mean of numbers and their standard deviation.
func spread(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(max(len(values)-1, 1)))
}
