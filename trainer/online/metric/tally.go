package metric

import "creek.dev/creek/trainer/online/numeric"

// tally is what the measures of a classifier are computed from: counts, or sums
// of weights.
type tally struct {
	classes int
	// counts is the confusion matrix, a row for each true class.
	counts []float64
	// loss and squares are sums over the rows, repeats is how many rows are of the
	// class of the row before.
	loss, squares, repeats float64
	// kept is how many rows squares and repeats are of, or 0 where these are all.
	kept float64
	// area is that under the ROC curve, of two classes, where ranked says that
	// there is one.
	area   float64
	ranked bool
}

// values are 0 where they are not defined, but for the area under the curve,
// which would then look like the worst ranking there is, and so is absent.
func (t *tally) values() map[string]float64 {
	n, hits, expected, largest := 0.0, 0.0, 0.0, 0.0
	rows, columns := make([]float64, t.classes), make([]float64, t.classes)
	for i := range t.classes {
		for j := range t.classes {
			rows[i] += t.counts[i*t.classes+j]
			columns[j] += t.counts[i*t.classes+j]
		}
		n += rows[i]
		hits += t.counts[i*t.classes+i]
		largest = max(largest, rows[i])
	}
	for i := range rows {
		expected += float64(over(rows[i], n) * over(columns[i], n))
	}
	accuracy, kept := over(hits, n), t.kept
	if kept == 0 {
		kept = n
	}
	values := map[string]float64{
		"accuracy": accuracy,
		"kappa":    above(accuracy, expected, n),
		"kappaM":   above(accuracy, over(largest, n), n),
		"kappaT":   above(accuracy, over(t.repeats, kept), n),
		"logLoss":  over(t.loss, n),
		"brier":    over(t.squares, kept),
	}
	t.addByClass(values, rows, columns)
	if t.classes != 2 {
		// Every row has one true and one predicted class.
		values["precisionMicro"], values["recallMicro"], values["f1Micro"] = accuracy, accuracy, accuracy
	}
	return values
}

// addByClass adds what is computed class by class: of the last of two classes,
// and else the means over all classes that were there or were predicted.
func (t *tally) addByClass(values map[string]float64, rows, columns []float64) {
	seen, there, sums := 0.0, 0.0, [3]float64{}
	last := [3]float64{}
	for i := range rows {
		if rows[i] > 0 {
			there++
		}
		if rows[i] > 0 || columns[i] > 0 {
			seen++
		}
		hits := t.counts[i*t.classes+i]
		precision, recall := over(hits, columns[i]), over(hits, rows[i])
		last = [3]float64{precision, recall, over(float64(2*precision*recall), precision+recall)}
		for k, v := range last {
			sums[k] += v
		}
	}
	values["balancedAccuracy"] = over(sums[1], there)
	suffix := ""
	if t.classes == 2 {
		if t.ranked {
			values["rocAuc"] = t.area
		}
	} else {
		suffix = "Macro"
		for k, v := range sums {
			last[k] = over(v, seen)
		}
	}
	values["precision"+suffix], values["recall"+suffix], values["f1"+suffix] = last[0], last[1], last[2]
}

// over is a/b, or 0 when b is.
func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// above is how much of what chance leaves was achieved.
func above(accuracy, chance, n float64) float64 {
	if n == 0 || chance >= 1 {
		return 0
	}
	return (accuracy - chance) / (1 - chance)
}

// logOfBlocks is minus the logarithm of product·2^(-block·blocks).
func logOfBlocks(product float64, blocks uint64) float64 {
	return float64(float64(blocks*block)*numeric.Log(2)) - numeric.Log(product)
}
