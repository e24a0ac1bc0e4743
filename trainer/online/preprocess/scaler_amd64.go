package preprocess

// transformPairs does what transformOne does for two features at a time, to the
// bit, and returns how many of the first n it did. It stops at two of which one
// needs a closer look: it is missing, or far outside all that was learned.
//
// Dividing is most of a scaler's work, the processor divides two numbers in the
// time of one, and the instructions for it, which every amd64 has, round as the
// language does.
//
//go:noescape
func transformPairs(features *moments, before, after, x *float64, n int) int
