package regressiontree

import (
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// HoeffdingParameters are the parameters of Hoeffding. They have the defaults of
// River's HoeffdingTreeRegressor with a QOSplitter; that River's own default
// observer rounds values to one decimal is why it is not the default here.
var HoeffdingParameters = Parameters(200, 1e-7, 500)

// Hoeffding is a Hoeffding tree for regression (Domingos and Hulten 2000; Ikonomovska,
// Gama, Džeroski 2011) as River's HoeffdingTreeRegressor is: leaves are split by
// the reduction of variance, and predict by their mean or a linear model that
// their children inherit.
//
// A missing value is not observed and takes no part in the models; where it is
// what a branch asks for, the row goes to the child that has seen most, and does
// not split the leaf. A new level gets a leaf of its own at a multiway branch.
//
// It differs from River in these: an observer has at most maxSlots intervals,
// and doubles their width where River would have more; of equally good features
// the later one is taken, not the one that was seen first later; memory is
// counted as logical size, at every row; faded squared errors end at 1e300.
// It is not safe for concurrent use.
type Hoeffding struct {
	tree *tree
	// settings is the memory of the settings that are its own.
	settings int
}

// NewHoeffding returns a tree of one leaf that has seen nothing.
func NewHoeffding(in learner.Input, v parameter.Values) *Hoeffding {
	s := NewSettings(in, v)
	return &Hoeffding{newTree(s, in.Key), s.heapBytes()}
}

// New returns a tree of one leaf that has seen nothing. Other trees can have the
// same settings, which must not change any more.
func New(s *Settings, key random.Key) *Hoeffding { return &Hoeffding{tree: newTree(s, key)} }

// Reset makes h the tree that New returns for the key, and keeps its memory.
func (h *Hoeffding) Reset(key random.Key) { h.tree.reset(key) }

// Predict implements learner.Regressor.
func (h *Hoeffding) Predict(x []float64) float64 { return h.tree.predict(x) }

// Learn implements learner.Regressor.
func (h *Hoeffding) Learn(x []float64, y, weight float64, _ random.At) { h.tree.learn(x, y, weight) }

// PredictLearn implements learner.Regressor.
func (h *Hoeffding) PredictLearn(x []float64, y, weight float64, _ random.At) float64 {
	return h.tree.learn(x, y, weight)
}

// Leaves is the number of leaves.
func (h *Hoeffding) Leaves() int { return h.tree.leafCount }

// Fields implements flat.Stater.
func (h *Hoeffding) Fields(c *flat.Codec) { h.tree.Fields(c) }

// HeapBytes implements learner.State.
func (h *Hoeffding) HeapBytes() int { return h.tree.heapBytes() + h.settings }

// LogicalBytes implements learner.State.
func (h *Hoeffding) LogicalBytes() int { return h.tree.logicalBytes() }
