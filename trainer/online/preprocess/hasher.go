package preprocess

import (
	"encoding/binary"
	"math"

	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/hashing"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// HasherParameters are the parameters of FeatureHasher. River's default is
// 1,048,576 columns; rows are dense here, so that a learner would spend its time
// on zeros.
var HasherParameters = []parameter.Spec{
	{Name: "columns", Type: parameter.Integer, Default: 256, Min: 1, Max: 1 << 20, Doc: "How many columns there are for all features together."},
	{Name: "alternateSign", Type: parameter.Flag, Default: 1, Doc: "Whether the hash also decides the sign, so that collisions tend to cancel out."},
	{Name: "seed", Type: parameter.Integer, Default: 0, Min: 0, Max: 1<<32 - 1, Doc: "The seed of the hash."},
}

// FeatureHasher sends every feature to one of a fixed number of numeric columns:
// the hashing trick of Weinberger et al. (2009), with MurmurHash3 of 32 bits. A
// numeric feature adds its value to the column of the feature, a nominal one adds
// 1 to the column of the feature and its value. With alternateSign, the hash's
// sign bit says whether that is added or subtracted. A missing value (NaN) adds
// nothing.
//
// River's preprocessing.FeatureHasher hashes the names and texts. Here a row has
// neither: the key is the feature's place among those of the step (4 bytes) and,
// for a nominal one, its token (8 bytes), so that the columns are others. It
// learns nothing.
type FeatureHasher struct {
	schema  learner.Schema
	columns int
	seed    uint32
	signed  bool
	// places and signs are where the numeric features go.
	places []int
	signs  []float64
}

// NewFeatureHasher returns a hasher of rows of the schema.
func NewFeatureHasher(s learner.Schema, v parameter.Values) *FeatureHasher {
	h := &FeatureHasher{
		schema: s, columns: v.Int("columns"), seed: uint32(v.Int("seed")), signed: v.Flag("alternateSign"),
		places: make([]int, len(s)), signs: make([]float64, len(s)),
	}
	for i := range s {
		var key [4]byte
		binary.LittleEndian.PutUint32(key[:], uint32(i))
		h.places[i], h.signs[i] = h.place(key[:])
	}
	return h
}

// place is the column of a key, its signed hash modulo their number, and the
// sign of what is added there.
func (h *FeatureHasher) place(key []byte) (column int, sign float64) {
	hash := int64(int32(hashing.Murmur32(key, h.seed)))
	sign = 1
	if hash < 0 && h.signed {
		sign = -1
	}
	if h.columns&(h.columns-1) == 0 {
		return int(hash & int64(h.columns-1)), sign
	}
	column = int(hash % int64(h.columns))
	if column < 0 {
		column += h.columns
	}
	return column, sign
}

// Schema implements learner.Transformer.
func (h *FeatureHasher) Schema() learner.Schema { return make(learner.Schema, h.columns) }

// Stateless implements learner.Transformer.
func (h *FeatureHasher) Stateless() bool { return true }

// Transform implements learner.Transformer.
func (h *FeatureHasher) Transform(dst, x []float64) {
	dst = dst[:h.columns]
	clear(dst)
	var key [12]byte
	for i, kind := range h.schema {
		v := x[i]
		if v != v {
			continue
		}
		column, sign := h.places[i], h.signs[i]
		if kind != learner.Numeric {
			binary.LittleEndian.PutUint32(key[:], uint32(i))
			binary.LittleEndian.PutUint64(key[4:], math.Float64bits(v+0))
			column, sign = h.place(key[:])
			v = 1
		}
		dst[column] = bounded(dst[column] + float64(sign*v))
	}
}

// LearnTransform implements learner.Transformer.
func (h *FeatureHasher) LearnTransform(dst, x []float64) { h.Transform(dst, x) }

// Fields implements flat.Stater.
func (h *FeatureHasher) Fields(*flat.Codec) {}

// HeapBytes implements learner.State.
func (h *FeatureHasher) HeapBytes() int { return 17*len(h.schema) + 128 }

// LogicalBytes implements learner.State.
func (h *FeatureHasher) LogicalBytes() int { return 0 }
