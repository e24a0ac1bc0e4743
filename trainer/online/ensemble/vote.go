// Package ensemble holds classifiers that are made of other classifiers.
package ensemble

import "creek.dev/creek/trainer/online/learner"

// Maker makes a member that has learned nothing.
type Maker func(learner.Input) learner.Classifier

// chunk is the number of rows that every member takes before the votes on them
// are added.
const chunk = 256

// share makes scores sum to 1, or leaves them all 0.
func share(scores []float64) {
	total := 0.0
	for _, s := range scores {
		total += s
	}
	if total <= 0 {
		return
	}
	for i := range scores {
		scores[i] /= total
	}
}

// tally adds the votes of all members, which lie one member after the other, to
// the scores of the rows, in the members' order, and makes each row's sum to 1.
func tally(votes, scores []float64, classes int) {
	clear(scores)
	for ; len(votes) > 0; votes = votes[len(scores):] {
		for i, v := range votes[:len(scores)] {
			scores[i] += v
		}
	}
	for ; len(scores) > 0; scores = scores[classes:] {
		share(scores[:classes])
	}
}

// highest is the first class with the highest score, or -1 when all are 0.
func highest(scores []float64) int {
	best, most := -1, 0.0
	for i, s := range scores {
		if s > most {
			best, most = i, s
		}
	}
	return best
}

// step predicts row i of a batch, then learns it with the weight where that is
// above 0 and there is a class.
func step(c learner.Classifier, rows *learner.Rows, i int, vote []float64, class int, weight float64) {
	predicted := rows.Predicted[i*rows.Width : (i+1)*rows.Width : (i+1)*rows.Width]
	if class < 0 || weight <= 0 {
		c.Predict(predicted, vote)
		return
	}
	if &rows.Predicted[0] == &rows.Learned[0] {
		c.PredictLearn(predicted, vote, class, weight, rows.At[i])
		return
	}
	c.Predict(predicted, vote)
	c.Learn(rows.Learned[i*rows.Width:(i+1)*rows.Width:(i+1)*rows.Width], class, weight, rows.At[i])
}

// part are the rows from one up to another.
func part(rows learner.Rows, from, to int) learner.Rows {
	rows.Predicted = rows.Predicted[from*rows.Width : to*rows.Width]
	rows.Learned = rows.Learned[from*rows.Width : to*rows.Width]
	rows.At = rows.At[from:to]
	return rows
}

// sized returns s with n values, which are not defined.
func sized(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// add adds a member's vote to the scores.
func add(scores, vote []float64) {
	for i, v := range vote[:len(scores)] {
		scores[i] += v
	}
}
