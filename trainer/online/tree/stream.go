package tree

import "creek.dev/creek/trainer/online/flat"

// chunk is how many numbers a field holds at most.
const chunk = 4096

// stream passes the numbers of a tree's leaves.
type stream struct {
	*flat.Stream
	codec *flat.Codec
	// places and taken are room for how many classes have a place with a feature, and for which places are taken.
	places []int
	taken  []bool
}

func newStream(c *flat.Codec) *stream {
	return &stream{Stream: flat.NewStream(c, "v", chunk), codec: c}
}

// number passes one number.
func (s *stream) number(v *float64) bool {
	one := [1]float64{*v}
	ok := s.Pass(one[:])
	*v = one[0]
	return ok
}
