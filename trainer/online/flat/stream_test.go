package flat_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creek.dev/creek/trainer/online/flat"
)

// pieces are passed one after the other.
type pieces struct{ all [][]float64 }

func (p *pieces) Fields(c *flat.Codec) {
	s := flat.NewStream(c, "v", 10)
	for _, piece := range p.all {
		if !s.Pass(piece) {
			return
		}
	}
	s.End()
}

// However numbers are cut into pieces, they are written alike, and read as many as were written.
func TestStream(t *testing.T) {
	const n = 47
	cut := func(widths ...int) *pieces {
		p, left := &pieces{}, n
		for i := 0; left > 0; i++ {
			width := min(widths[i%len(widths)], left)
			p.all = append(p.all, make([]float64, width))
			left -= width
		}
		return p
	}
	want := cut(n)
	for i := range want.all[0] {
		want.all[0][i] = float64(i) / 3
	}
	state := flat.Append(nil, want)
	if size := flat.Size(want); size != int64(len(state)) {
		t.Errorf("%d bytes, measured as %d", len(state), size)
	}
	for _, widths := range [][]int{{1}, {10}, {3, 1, 20}, {n}} {
		got := cut(widths...)
		if err := flat.Restore(state, got); err != nil {
			t.Fatalf("in pieces of %v: %v", widths, err)
		}
		var joined []float64
		for _, piece := range got.all {
			joined = append(joined, piece...)
		}
		if diff := cmp.Diff(want.all[0], joined); diff != "" || !bytes.Equal(flat.Append(nil, got), state) {
			t.Errorf("in pieces of %v (-want +got):\n%s", widths, diff)
		}
	}
	for _, other := range []int{n - 1, n + 1} {
		if err := flat.Restore(state, &pieces{[][]float64{make([]float64, other)}}); !errors.Is(err, flat.ErrShape) && !errors.Is(err, flat.ErrTruncated) {
			t.Errorf("%d of %d numbers: %v", other, n, err)
		}
	}
}
