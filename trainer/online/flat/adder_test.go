package flat_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"

	"creek.dev/creek/trainer/online/flat"
)

// The sum, which another goroutine takes once much was written, is of the head and of every byte behind it, and all of them arrive.
func TestSumOfMuch(t *testing.T) {
	for _, n := range []int{1, 1 << 17, 1<<17 + 1, 5 << 17, 1<<20 + 7} {
		s := &table{values: make([]float64, n)}
		for i := range s.values {
			s.values[i] = float64(i)
		}
		var b bytes.Buffer
		sum, err := flat.Write(&b, []byte("head"), s)
		if err != nil {
			t.Fatal(err)
		}
		state := b.Bytes()
		body := state[:len(state)-sha256.Size]
		if want := sha256.Sum256(body); sum != want || !bytes.Equal(state[len(body):], want[:]) {
			t.Errorf("%d numbers: the sum is %x, that of what was written %x", n, sum, want)
		}
		back := &table{}
		if _, err := flat.Read(bytes.NewReader(state[4:]), []byte("head"), int64(len(state)-4), back); err != nil {
			t.Fatalf("%d numbers: %v", n, err)
		}
		for i, v := range back.values {
			if v != float64(i) {
				t.Fatalf("number %d of %d became %g", i, n, v)
			}
		}
	}
}

var errFull = errors.New("full")

// full takes so many bytes.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// A sink that fails ends the writing with its error, before and while another goroutine takes the sum.
func TestSinkFails(t *testing.T) {
	for _, room := range []int{0, 1 << 17, 2 << 20, 8<<20 - 1} {
		if _, err := flat.Write(&full{room}, nil, &table{values: make([]float64, 1<<20)}); !errors.Is(err, errFull) {
			t.Errorf("a sink with room for %d bytes: %v", room, err)
		}
	}
}
