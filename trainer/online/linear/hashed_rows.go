package linear

import (
	"encoding/binary"
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/hashing"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// hasher makes sparse rows of dense ones. A numeric feature is hashed by its
// number, a nominal one by its number and its value, and then counts as 1; a
// pair by both hashes. The highest bit of a hash is a sign, so that collisions
// cancel out on average (Weinberger et al. 2009). Missing values, and numbers
// that are 0, leave no trace; numbers beyond ±MaxValue count as that.
type hasher struct {
	schema learner.Schema
	pairs  [][2]int
	// hashes are those of the features of the row at hand; of a numeric feature
	// they never change. values are 0 for a feature that leaves no trace.
	hashes []uint32
	values []float64
	// index and value are the sparse row.
	index []uint32
	value []float32
	key   [12]byte
}

func newHasher(s learner.Schema, v parameter.Values) *hasher {
	h := &hasher{
		schema: s, pairs: pairsOf(v.Word("interactions"), len(s)),
		hashes: make([]uint32, len(s)), values: make([]float64, len(s)),
	}
	for i := range s {
		binary.LittleEndian.PutUint32(h.key[:4], uint32(i))
		h.hashes[i] = hashing.Murmur32(h.key[:4], 0)
	}
	h.index = make([]uint32, 0, len(s)+len(h.pairs))
	h.value = make([]float32, 0, len(s)+len(h.pairs))
	return h
}

// row makes the sparse row of x.
func (h *hasher) row(x []float64) (index []uint32, value []float32) {
	h.index, h.value = h.index[:0], h.value[:0]
	for i, kind := range h.schema {
		v := x[i]
		switch {
		case v != v:
			v = 0
		case kind != learner.Numeric:
			binary.LittleEndian.PutUint32(h.key[:4], uint32(i))
			binary.LittleEndian.PutUint64(h.key[4:], math.Float64bits(v+0))
			h.hashes[i] = hashing.Murmur32(h.key[:], 0)
			v = 1
		}
		v = max(min(v, MaxValue), -MaxValue)
		h.values[i] = v
		h.add(h.hashes[i], v)
	}
	for _, p := range h.pairs {
		v := float64(h.values[p[0]] * h.values[p[1]])
		// The multiplier is the prime of the FNV hash, as in Vowpal Wabbit.
		h.add(h.hashes[p[0]]*16777619^h.hashes[p[1]], max(min(v, MaxValue), -MaxValue))
	}
	return h.index, h.value
}

func (h *hasher) add(hash uint32, v float64) {
	if v == 0 {
		return
	}
	if hash>>31 != 0 {
		v = -v
	}
	h.index = append(h.index, hash)
	h.value = append(h.value, float32(v))
}

func (h *hasher) bytes() int {
	return 17*len(h.schema) + 16*len(h.pairs) + 8*cap(h.index)
}

// HashedLogistic is Logistic with a table of hashed weights: see Hashed. It is
// not safe for concurrent use.
type HashedLogistic struct {
	*hasher
	model *Hashed
}

// NewHashedLogistic returns a model that has learned nothing.
func NewHashedLogistic(in learner.Input, v parameter.Values) *HashedLogistic {
	return &HashedLogistic{newHasher(in.Schema, v), NewHashed(LogisticLoss, v)}
}

// Predict implements learner.Classifier.
func (l *HashedLogistic) Predict(x, scores []float64) {
	p := l.model.Predict(l.row(x))
	scores[0], scores[1] = 1-p, p
}

// Learn implements learner.Classifier.
func (l *HashedLogistic) Learn(x []float64, class int, weight float64, _ random.At) {
	index, value := l.row(x)
	l.model.PredictLearn(index, value, float64(class), weight)
}

// PredictLearn implements learner.Classifier.
func (l *HashedLogistic) PredictLearn(x, scores []float64, class int, weight float64, _ random.At) {
	index, value := l.row(x)
	p := l.model.PredictLearn(index, value, float64(class), weight)
	scores[0], scores[1] = 1-p, p
}

// Fields implements flat.Stater.
func (l *HashedLogistic) Fields(c *flat.Codec) { l.model.Fields(c) }

// HeapBytes implements learner.State.
func (l *HashedLogistic) HeapBytes() int { return l.model.HeapBytes() + l.bytes() }

// LogicalBytes implements learner.State.
func (l *HashedLogistic) LogicalBytes() int { return l.model.LogicalBytes() }

// HashedLinear is Linear with a table of hashed weights: see Hashed. It is not
// safe for concurrent use.
type HashedLinear struct {
	*hasher
	model *Hashed
}

// NewHashedLinear returns a model that has learned nothing.
func NewHashedLinear(in learner.Input, v parameter.Values) *HashedLinear {
	return &HashedLinear{newHasher(in.Schema, v), NewHashed(SquaredLoss, v)}
}

// Predict implements learner.Regressor.
func (l *HashedLinear) Predict(x []float64) float64 { return l.model.Predict(l.row(x)) }

// Learn implements learner.Regressor.
func (l *HashedLinear) Learn(x []float64, y, weight float64, _ random.At) {
	index, value := l.row(x)
	l.model.PredictLearn(index, value, y, weight)
}

// PredictLearn implements learner.Regressor.
func (l *HashedLinear) PredictLearn(x []float64, y, weight float64, _ random.At) float64 {
	index, value := l.row(x)
	return l.model.PredictLearn(index, value, y, weight)
}

// Fields implements flat.Stater.
func (l *HashedLinear) Fields(c *flat.Codec) { l.model.Fields(c) }

// HeapBytes implements learner.State.
func (l *HashedLinear) HeapBytes() int { return l.model.HeapBytes() + l.bytes() }

// LogicalBytes implements learner.State.
func (l *HashedLinear) LogicalBytes() int { return l.model.LogicalBytes() }
