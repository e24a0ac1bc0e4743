package preprocess

import "golang.org/x/sys/cpu"

// fours tells that the processor has what transformFours needs.
var fours = cpu.X86.HasAVX

// transformFours does what transformOne does for four features at a time, to the
// bit, and returns how many of the first n it did. It stops at four of which one
// needs a closer look: it is missing, too large, or far outside all that was learned.
//
// Dividing is most of a scaler's work, the processor divides four numbers in
// little more than the time of one, and its instructions round as the language does.
//
//go:noescape
func transformFours(features *moments, before, after, x *float64, n int) int
