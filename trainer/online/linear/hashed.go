package linear

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/parameter"
)

// Loss is what a Hashed model makes small.
type Loss uint8

const (
	// LogisticLoss is for labels of 0 and 1.
	LogisticLoss Loss = iota
	// SquaredLoss is for numbers.
	SquaredLoss
)

const (
	// MaxValue bounds the magnitude of the values that a Hashed model is given.
	// With it, and gradients of at most 1e9, single precision never overflows: a
	// sum of numbers below some bound stops growing when it is 2^25 times the
	// bound, since what is added no longer changes it.
	MaxValue = 1e6

	maxHashedGradient = 1e9
)

// Hashed is a linear model of sparse rows, whose features are indices into a
// table of 2^hashBits single-precision weights, each beside what its optimizer
// keeps for it: one cache line serves the prediction and the step. Collisions
// are left to the learning, as in Vowpal Wabbit.
//
// FTRL keeps −αz and √n for each place, and makes the weight of them when it is
// asked for; AdaGrad's sum of squares starts with epsilon instead of having it
// added each time. It is not safe for concurrent use.
type Hashed struct {
	settings
	loss      Loss
	bits      int
	intercept float64
	table     table
	sums      adaptiveSums
	constant  slot
	// penalty and penalties are as in vector.
	penalty   float64
	penalties []float32
	// held are FTRL's weights in the row at hand, factors Adaptive's.
	held    []float32
	factors []float64
}

// NewHashed returns a model that has learned nothing. The parameters are those
// of GLMParameters, of which hashBits must be above 0; the interactions are the
// caller's part.
func NewHashed(loss Loss, v parameter.Values) *Hashed {
	h := &Hashed{settings: hashedSettings(v), loss: loss, bits: v.Int("hashBits")}
	h.sums.power = h.powerT
	return h
}

func hashedSettings(v parameter.Values) settings {
	s := glmSettings(v)
	s.clip = min(s.clip, maxHashedGradient)
	return s
}

// Predict returns the probability of the label 1, or the predicted number, for a
// row of features that are not 0. Of an index the lower hashBits bits count; an
// index may occur several times. The values, as many, are finite and at most
// MaxValue in magnitude.
func (h *Hashed) Predict(index []uint32, value []float32) float64 { return h.mean(h.raw(index, value)) }

// PredictLearn returns what Predict does and then learns that the row has the
// label, or the number, y.
func (h *Hashed) PredictLearn(index []uint32, value []float32, y, weight float64) float64 {
	if h.table.empty() {
		h.table.make(h.optimizer, h.bits, h.epsilon)
	}
	raw := h.raw(index, value)
	p := h.mean(raw)
	if h.optimizer == adaptive {
		h.learnAdaptive(index, value, raw, y, weight)
		return p
	}
	var g float64
	if h.loss == LogisticLoss {
		g = p - y
	} else {
		g = float64(2 * (raw - y))
	}
	g = h.clipped(float64(g * weight))
	h.intercept -= float64(h.interceptRate * g)
	if g != 0 || h.l2 != 0 {
		h.step(index, value, g)
	}
	if h.l1 != 0 && h.optimizer != ftrl {
		h.truncate(index, h.rate)
	}
	return p
}

func (h *Hashed) mean(raw float64) float64 {
	switch {
	case h.loss == LogisticLoss:
		return quickSigmoid(raw)
	case h.optimizer == adaptive:
		return h.sums.bounded(raw)
	}
	return raw
}

// raw is the output before any link; FTRL's weights are held for the step.
func (h *Hashed) raw(index []uint32, value []float32) float64 {
	if len(index) != len(value) {
		panic("linear: a row has as many values as indices")
	}
	if h.table.empty() {
		return h.intercept
	}
	switch h.optimizer {
	case adaGrad:
		return float64(dotPairs(h.table.pairs, index, value)) + h.intercept
	case ftrl:
		for len(h.held) < len(index) {
			h.held = append(h.held, 0)
		}
		return float64(h.dotFTRL(index, value)) + h.intercept
	case adaptive:
		return float64(dotFours(h.table.fours, index, value)) + h.constant.weight
	case sgd:
	}
	return float64(dotSingles(h.table.singles, index, value)) + h.intercept
}

func (h *Hashed) step(index []uint32, value []float32, g float64) {
	switch {
	case h.optimizer == ftrl:
		stepFTRL(h.table.pairs, h.held, index, value, float32(g), float32(h.rate*g))
	case h.optimizer == adaGrad && h.l2 == 0:
		stepAdaGrad(h.table.pairs, index, value, float32(g), float32(h.rate*g))
	case h.optimizer == adaGrad:
		stepAdaGradL2(h.table.pairs, index, value, float32(g), float32(h.rate), float32(h.l2))
	case h.l2 == 0:
		stepSGD(h.table.singles, index, value, float32(h.rate*g))
	default:
		stepSGDL2(h.table.singles, index, value, float32(h.rate*g), float32(h.rate*h.l2))
	}
}

// truncate is vector's for the places of a row, by a learning rate.
func (h *Hashed) truncate(index []uint32, rate float64) {
	if h.penalties == nil {
		h.penalties = make([]float32, 1<<h.bits)
	}
	h.penalty += float64(h.l1 * rate)
	mask := uint32(1<<h.bits - 1)
	for _, j := range index {
		w, paid := h.table.weight(j&mask), float64(h.penalties[j&mask])
		*w = h.limited(truncated(float64(*w), h.penalty, &paid))
		h.penalties[j&mask] = single(paid)
	}
}

// limited is a truncated weight in single precision. Only a state that was made
// by hand leads to the bounds.
func (h *Hashed) limited(w float64) float32 {
	if h.optimizer == adaGrad {
		return single(max(min(w, maxAdaGrad), -maxAdaGrad))
	}
	return single(w)
}

// Fields implements flat.Stater.
func (h *Hashed) Fields(c *flat.Codec) {
	c.Float64("intercept", &h.intercept)
	c.RequireWithin(farthest, h.intercept)
	h.table.fields(c, &h.settings, h.bits)
	if h.optimizer == adaptive {
		h.sums.fields(c)
		c.Float64("constantWeight", &h.constant.weight)
		c.Float64("constantSquares", &h.constant.squares)
		c.Float64("constantScale", &h.constant.scale)
		h.constant.check(c)
	}
	if h.l1 == 0 || h.optimizer == ftrl {
		return
	}
	c.Float64("penalty", &h.penalty)
	c.RequireWithin(maxSingle, h.penalty)
	penalised := h.penalties != nil
	c.Bool("penalised", &penalised)
	if !penalised {
		h.penalties = nil
	} else {
		h.penalties = floats(c, "penalties", h.penalties, 1<<h.bits)
		requireSingles(c, h.penalties)
	}
}

// HeapBytes implements learner.State.
func (h *Hashed) HeapBytes() int {
	return h.table.bytes() + 4*(len(h.penalties)+cap(h.held)) + 8*cap(h.factors) + 512
}

// LogicalBytes implements learner.State.
func (h *Hashed) LogicalBytes() int { return h.table.bytes() + 4*len(h.penalties) + 64 }
