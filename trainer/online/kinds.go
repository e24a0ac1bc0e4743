package online

// stateful is what every part of a model can do with its learned state. The
// encoding is a pure function of that state, and RestoreState accepts only what
// AppendState wrote for the same configuration; after an error the part is
// thrown away.
type stateful interface {
	AppendState(dst []byte) []byte
	RestoreState(src []byte) error
	StateBytes() int
	HeapBytes() int
}

// transformer turns a row into another one of a fixed width. NaN is a missing
// value and stays one. Neither method allocates, and for values of at most
// magnitudeLimit neither the state nor a learned row ever leaves the finite
// numbers or the limit.
type transformer interface {
	stateful
	Width() int
	Transform(dst, x []float64)
	LearnTransform(dst, x []float64)
}

// classifier tells classes apart. Predict fills scores, one probability for
// each class in their order, and changes nothing; Learn takes one row. Neither
// allocates in the steady state.
type classifier interface {
	stateful
	Predict(x, scores []float64)
	Learn(x []float64, label int)
}
