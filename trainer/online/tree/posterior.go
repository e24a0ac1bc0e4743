package tree

import (
	"math"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
)

const halfLogTau = 0.91893853320467274178 // ln(2π)/2

// evaluate fills votes with the classes' log-likelihoods plus one constant, by
// slot, and returns the slot of the highest, of equals the first. A feature whose
// value is missing, or of which a class has no variance, takes no part; a class
// without weight has the likelihood 1, as in River. By ZeroDensity, the density of
// a class without variance is that of one whose variance goes to 0, and a class
// that the leaf has not seen, where it has seen others, has the likelihood 0.
func (t *Hoeffding) evaluate(h, values []float64) (best int) {
	if t.counted {
		return t.evaluateCounts(h, values)
	}
	slots := int(h[hSlots])
	highest, unseen := math.Inf(-1), 0
	priors, blocks := h[t.priors:t.priors+slots], h[t.blocks:t.blocks+slots]
	for slot, vote := range priors {
		if b := int(blocks[slot]); b >= 0 {
			from := b * t.block
			vote -= distance(t.stats[from:from+2*len(values)], values)
			if !(vote >= -math.MaxFloat64) {
				vote = t.carefully(h, slot, values)
			}
			if t.tabled {
				vote = t.addTables(vote, h, t.statistics(blocks[slot]), values)
			}
		} else {
			unseen++
		}
		if h[t.weights+slot] == 0 {
			vote = numeric.Log(t.total(h))
		}
		t.votes[slot] = vote
		if vote > highest {
			best, highest = slot, vote
		}
	}
	if t.config.ZeroDensity && unseen > 0 && unseen < slots {
		return t.exclude(h)
	}
	return best
}

// exclude gives the classes that a leaf has not seen no vote, and returns the slot
// that then has the highest.
func (t *Hoeffding) exclude(h []float64) (best int) {
	highest := math.Inf(-1)
	for slot, block := range h[t.blocks : t.blocks+int(h[hSlots])] {
		if block < 0 {
			t.votes[slot] = math.Inf(-1)
		}
		if t.votes[slot] > highest {
			best, highest = slot, t.votes[slot]
		}
	}
	return best
}

// evaluateCounts is evaluate where all probabilities are shares of counts. Those of
// two classes are then often the same, and which is higher depends on the last bit
// of each term and on the order in which they are added; both are River's.
func (t *Hoeffding) evaluateCounts(h, values []float64) (best int) {
	total, highest := t.total(h), math.Inf(-1)
	slots, unseen := int(h[hSlots]), 0
	for slot := range slots {
		vote := 0.0
		if h[t.blocks+slot] < 0 {
			unseen++
		}
		if w := h[t.weights+slot]; w > 0 {
			vote = numeric.Log(w / total)
			if b := h[t.blocks+slot]; b >= 0 {
				vote = t.addTables(vote, h, t.statistics(b), values)
			}
		}
		t.votes[slot] = vote
		if vote > highest {
			best, highest = slot, vote
		}
	}
	if t.config.ZeroDensity && unseen > 0 && unseen < slots {
		return t.exclude(h)
	}
	return best
}

// distance is Σ (x−μ)²/(2σ²) over the values, of the means and the inverses of
// twice the variances behind them.
func distance(block, values []float64) float64 {
	w := len(values)
	means, inverses := block[:w], block[w : 2*w][:w]
	even, odd := 0.0, 0.0
	i := 0
	for ; i+1 < len(values) && i+1 < len(means) && i+1 < len(inverses); i += 2 {
		d, e := values[i]-means[i], values[i+1]-means[i+1]
		even += float64(float64(d*d) * inverses[i])
		odd += float64(float64(e*e) * inverses[i+1])
	}
	if i < len(values) && i < len(means) && i < len(inverses) {
		d := values[i] - means[i]
		even += float64(float64(d*d) * inverses[i])
	}
	return even + odd
}

// carefully is a class's vote where a value is missing or far out.
func (t *Hoeffding) carefully(h []float64, slot int, values []float64) float64 {
	b := t.statistics(h[t.blocks+slot])
	vote := numeric.Log(h[t.weights+slot])
	for i, v := range values {
		inverse := b[bInverse*t.width+i]
		if inverse == 0 || v != v {
			continue
		}
		d := v - b[bMean*t.width+i]
		term := float64(float64(d*d) * inverse)
		if inverse == pointed {
			vote -= term
		} else if term <= math.MaxFloat64 {
			vote -= term + halfLogTau - float64(0.5*numeric.Log(float64(2*inverse)))
		}
	}
	return vote
}

// addTables adds the logarithms of the probabilities of a row's levels, and of its
// numbers where these have tables, to a class's vote.
func (t *Hoeffding) addTables(vote float64, h, b, values []float64) float64 {
	for i, v := range values {
		if v != v {
			continue
		}
		if t.schema[t.feature(h, i)] != learner.Level {
			if t.binned {
				vote += t.binVote(b, i, v)
			}
			continue
		}
		if w := t.levelWeight(b, i, v); w > 0 {
			vote += numeric.Log(w / b[bCount*t.width+i])
		}
	}
	return vote
}

// levelWeight is the weight of a level of a leaf's i-th feature in a class.
func (t *Hoeffding) levelWeight(b []float64, i int, level float64) float64 {
	if level >= b[bSquares*t.width+i] {
		return 0
	}
	return t.tables.values[int(b[bMean*t.width+i])+int(level)]
}

// posterior turns the votes into probabilities.
func (t *Hoeffding) posterior(h []float64, best int, scores []float64) {
	slots := int(h[hSlots])
	if slots == 0 {
		return
	}
	votes := t.votes[:slots]
	highest, sum := votes[best], 0.0
	if math.IsInf(highest, -1) {
		clear(scores) // there is no weight at all
		return
	}
	for slot, v := range votes {
		if slot == best {
			votes[slot] = 1
		} else {
			votes[slot] = numeric.Exp(v - highest)
		}
		sum += votes[slot]
	}
	inverse := 1 / sum
	for slot, class := range h[t.classOf : t.classOf+slots] {
		scores[int(class)] = float64(votes[slot] * inverse)
	}
}

// shares are the classes' shares of the weight.
func (t *Hoeffding) shares(h, scores []float64) {
	total := t.total(h)
	if total == 0 {
		clear(scores)
		return
	}
	inverse := 1 / total
	slots := int(h[hSlots])
	for slot, class := range h[t.classOf : t.classOf+slots] {
		scores[int(class)] = min(float64(h[t.weights+slot]*inverse), 1)
	}
}
