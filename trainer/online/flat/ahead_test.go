package flat_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online/flat"
)

// mixed has fields of all widths, which buffers do not divide.
type mixed struct {
	Bytes   []byte
	Words   []uint32
	Numbers []float64
	Fixed   []float64
	One     uint64
}

func (m *mixed) Fields(c *flat.Codec) {
	c.Bytes("b", &m.Bytes)
	c.Uint64("", &m.One)
	c.Uint32s("w", &m.Words)
	c.Float64s("n", &m.Numbers)
	c.Float64sOf("f", m.Fixed)
}

// What is read ahead, and summed elsewhere where it is much, is what was written.
func TestReadsAhead(t *testing.T) {
	for _, scale := range []int{0, 1, 1000, 60_000} {
		want := &mixed{Bytes: make([]byte, 7*scale+1), Words: make([]uint32, 3*scale), Numbers: make([]float64, scale), Fixed: make([]float64, scale), One: 7}
		for i := range scale {
			want.Words[i], want.Numbers[i], want.Fixed[i], want.Bytes[i] = uint32(i), float64(i)/3, -float64(i), byte(i)
		}
		state := flat.Append(nil, want)
		got := &mixed{Fixed: make([]float64, scale)}
		for name, r := range map[string]io.Reader{"a stream": iotest.HalfReader(bytes.NewReader(state)), "memory": flat.FromBytes(state)} {
			if _, err := flat.Read(r, nil, int64(len(state)), got); err != nil {
				t.Fatalf("scale %d, from %s: %v", scale, name, err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("scale %d, from %s (-want +got):\n%s", scale, name, diff)
			}
		}
		// Of a longer slice it takes what is its own.
		longer := flat.FromBytes(append(slices.Clip(state), 1, 2, 3))
		if _, err := flat.Read(longer, nil, int64(len(state)), got); err != nil {
			t.Errorf("scale %d, with more behind it: %v", scale, err)
		}
		if rest, err := io.ReadAll(longer); err != nil || !bytes.Equal(rest, []byte{1, 2, 3}) {
			t.Errorf("scale %d: what is left is %v, %v", scale, rest, err)
		}
		if err := flat.Restore(state, &mixed{Fixed: make([]float64, scale+1)}); !errors.Is(err, flat.ErrShape) {
			t.Errorf("scale %d, into another length: %v", scale, err)
		}
		if _, err := flat.Walk(bytes.NewReader(state), nil, int64(len(state)), func(flat.Field) {}); err != nil {
			t.Errorf("scale %d, walked over: %v", scale, err)
		}
		state[len(state)/2] ^= 1
		if err := flat.Restore(state, got); !errors.Is(err, flat.ErrDamaged) {
			t.Errorf("scale %d, damaged: %v", scale, err)
		}
		if err := flat.Restore(state[:len(state)-1], got); err == nil {
			t.Errorf("scale %d: cut off, and nobody sees it", scale)
		}
	}
}
