// Package online learns models from rows one at a time, in constant memory, and
// with results that are a pure function of the rows: the same bytes of state on
// every architecture, after every restart.
//
// A Config names an algorithm, its parameters and its preprocessing; New makes
// a Model from it. A row is a slice with one value for each feature, NaN where
// one is missing, and a label is the number of a class. The semantics of
// algorithms and transformers are those of River 0.26.1.
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
// All integers are little-endian, all reals are finite IEEE 754 doubles.
//
//	offset  size  what
//	0       8     "CreekMdl"
//	8       2     version of this format, 1
//	10      2     NumericsVersion
//	12      4     number of sections
//	16      8     rows learned
//	24      32    SHA-256 of the canonical configuration
//	56            the sections
//	end-4   4     CRC-32C of everything before
//
// A section is the length of its name (1 byte), the name, the length of its
// payload (8 bytes) and the payload. The first, "config", is the canonical
// configuration as JSON, so that a state tells by itself what it is and can be
// loaded without anything else. Then follow "preprocessing/0" and so on, and
// "model".
//
// A StandardScaler is the number of features (4 bytes) and, for each, the count
// (8), mean and population variance. A LogisticRegression is the number of
// features (4), the intercept and the weights.
package online
