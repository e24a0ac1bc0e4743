// Package online learns models from rows one at a time, in constant memory, and
// with results that are a pure function of the rows: the same bytes of state on
// every architecture, after every restart.
//
// A Config names an algorithm, its parameters and its preprocessing; New makes
// a Model from it. A row is a slice with one value for each feature, NaN where
// one is missing, and a label is the number of a class, or the number to be
// predicted. Where River 0.26.1 has an algorithm or a transformer, its semantics
// are the ones here, apart from what the type's documentation says.
//
// # Arithmetic
//
// No learner uses fused operations, assembly, or functions whose last bit
// depends on the platform: products are rounded before they are added, and
// exponentials and logarithms come from the package numeric. Values are bounded
// to ±1e100 and parameters to ranges that together keep every number of the
// state finite. NumericsVersion changes when the bytes of any model would.
//
// # State format
//
// docs/model-format.md describes it: named fields, little-endian integers and
// finite IEEE 754 numbers, closed by a SHA-256. Inspect lists the fields of any
// state, and states of every earlier version of the format can be read.
package online
