package flat_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/flat"
)

// everything has a field of every type.
type everything struct {
	Count    uint64
	Small    int
	Yes      bool
	Real     float64
	Text     []byte
	U32      []uint32
	U64      []uint64
	F32      []float32
	F64      []float64
	FixedF64 [3]float64
	FixedF32 [2]float32
	FixedU64 [2]uint64
	FixedU32 [1]uint32
}

func (e *everything) Fields(c *flat.Codec) {
	c.Uint64("count", &e.Count)
	c.Int("small", &e.Small, 1000)
	c.Group("inner", func(c *flat.Codec) {
		c.Bool("yes", &e.Yes)
		c.Float64("real", &e.Real)
		c.Group("deeper", func(c *flat.Codec) { c.Bytes("text", &e.Text) })
	})
	c.Uint32s("u32", &e.U32)
	c.Uint64s("u64", &e.U64)
	c.Float32s("f32", &e.F32)
	c.Float64s("f64", &e.F64)
	c.Float64sOf("fixed64", e.FixedF64[:])
	c.Float32sOf("fixed32", e.FixedF32[:])
	c.Uint64sOf("fixedU64", e.FixedU64[:])
	c.Uint32sOf("fixedU32", e.FixedU32[:])
	c.Require(e.Count != 13, "a lucky count")
}

func draw(t *rapid.T) *everything {
	real64 := rapid.Float64Range(-math.MaxFloat64, math.MaxFloat64)
	real32 := rapid.Float32Range(-math.MaxFloat32, math.MaxFloat32)
	return &everything{
		Count: rapid.Uint64Range(14, math.MaxUint64).Draw(t, "count"), Small: rapid.IntRange(0, 1000).Draw(t, "small"),
		Yes: rapid.Bool().Draw(t, "yes"), Real: real64.Draw(t, "real"),
		Text: rapid.SliceOf(rapid.Byte()).Draw(t, "text"),
		U32:  rapid.SliceOf(rapid.Uint32()).Draw(t, "u32"), U64: rapid.SliceOf(rapid.Uint64()).Draw(t, "u64"),
		F32: rapid.SliceOf(real32).Draw(t, "f32"), F64: rapid.SliceOf(real64).Draw(t, "f64"),
		FixedF64: [3]float64{1, real64.Draw(t, "fixed"), math.Copysign(0, -1)}, FixedU64: [2]uint64{7, 8},
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, got := draw(t), &everything{}
		head := []byte("head")
		var file bytes.Buffer
		sum, err := flat.Write(&file, head, want)
		if err != nil {
			t.Fatal(err)
		}
		if size := int64(file.Len() - len(head)); size != flat.Size(want) {
			t.Fatalf("Size is %d, %d bytes were written", flat.Size(want), size)
		}
		state := file.Bytes()
		read, err := flat.Read(bytes.NewReader(state[len(head):]), head, int64(len(state)-len(head)), got)
		if err != nil || read != sum || sum != sha256.Sum256(state[:len(state)-sha256.Size]) {
			t.Fatalf("sums %x and %x, error %v", sum, read, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		fields := 0
		if _, err := flat.Walk(bytes.NewReader(state[len(head):]), head, int64(len(state)-len(head)), func(flat.Field) { fields++ }); err != nil || fields != 13 {
			t.Fatalf("Walk saw %d fields, error %v", fields, err)
		}
	})
}

func TestWalk(t *testing.T) {
	e := &everything{Count: 20, Text: []byte("abc"), F64: []float64{1, 4, -2, 2}}
	state := flat.Append(nil, e)
	seen := map[string]flat.Field{}
	if _, err := flat.Walk(bytes.NewReader(state), nil, int64(len(state)), func(f flat.Field) { seen[f.Path] = f }); err != nil {
		t.Fatal(err)
	}
	want := flat.Field{Path: "f64", Type: "float64s", Count: 4, Bytes: 32, Min: -2, Max: 4, Mean: 1.25}
	if diff := cmp.Diff(want, seen["f64"]); diff != "" {
		t.Error(diff)
	}
	if string(seen["inner/deeper/text"].Value.([]byte)) != "abc" || seen["count"].Value != 20.0 {
		t.Errorf("%v, %v", seen["inner/deeper/text"], seen["count"])
	}
}

func TestReadRefuses(t *testing.T) {
	e := &everything{Count: 20, F64: []float64{1, 2, 3}}
	state := flat.Append(nil, e)
	at := bytes.Index(state, []byte("f64")) + 3
	tests := map[string]struct {
		state []byte
		want  error
	}{
		"nothing":            {nil, flat.ErrTruncated},
		"a flipped bit":      {change(state, 40, 1, false), flat.ErrDamaged},
		"cut":                {sealed(state[:at+12]), flat.ErrTruncated},
		"more":               {sealed(append(bytes.Clone(state[:len(state)-sha256.Size]), 0)), flat.ErrShape},
		"a count too large":  {change(state, at+3, 0x10, true), flat.ErrTruncated},
		"a count of 2^60":    {change(state, at+7, 0x10, true), flat.ErrTruncated},
		"not finite":         {change(change(state, at+15, 0x7f, true), at+14, 0xf0, true), flat.ErrNotFinite},
		"another field":      {change(state, at-1, 'x', true), flat.ErrShape},
		"more than the size": {change(state, bytes.Index(state, []byte("small"))+6, 0xff, true), flat.ErrShape},
		"a number required":  {change(state, bytes.Index(state, []byte("count"))+5, 13, true), flat.ErrShape},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if err := flat.Restore(tc.state, &everything{}); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

// change sets one byte; repair makes the sum right again.
func change(state []byte, at int, b byte, repair bool) []byte {
	state = bytes.Clone(state)
	state[at] = b
	if !repair {
		return state
	}
	return sealed(state[:len(state)-sha256.Size])
}

func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

type failing struct{ after int }

func (f *failing) Write(b []byte) (int, error) {
	if f.after -= len(b); f.after < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestWriteTellsErrors(t *testing.T) {
	for after := range 200 {
		if _, err := flat.Write(&failing{after: after}, nil, &everything{F64: make([]float64, 1<<15)}); !errors.Is(err, io.ErrShortWrite) {
			t.Fatalf("after %d bytes: %v", after, err)
		}
	}
}

// Whatever the bytes, reading neither crashes nor makes room for what is not
// there, and what is accepted is written in the same way.
func FuzzRead(f *testing.F) {
	f.Add(flat.Append(nil, &everything{Count: 1}))
	f.Add(flat.Append(nil, &everything{Count: 20, Text: []byte("abc"), U32: []uint32{1}, U64: []uint64{2}, F32: []float32{3}, F64: []float64{1, 2}}))
	f.Fuzz(func(t *testing.T, state []byte) {
		if len(state) > sha256.Size {
			state = sealed(state[:len(state)-sha256.Size])
		}
		e := &everything{}
		_, walkErr := flat.Walk(bytes.NewReader(state), nil, int64(len(state)), func(flat.Field) {})
		if flat.Restore(state, e) != nil {
			return
		}
		if walkErr != nil {
			t.Fatalf("it can be read, but not walked over: %v", walkErr)
		}
		if !bytes.Equal(flat.Append(nil, e), state) {
			t.Fatal("the state was accepted, but is written in another way")
		}
	})
}

type table struct{ values []float64 }

func (b *table) Fields(c *flat.Codec) { c.Float64s("values", &b.values) }

const benchBytes = 64 << 20

func BenchmarkWrite(b *testing.B) {
	s := &table{values: make([]float64, benchBytes/8)}
	b.SetBytes(benchBytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flat.Write(io.Discard, nil, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	state := flat.Append(nil, &table{values: make([]float64, benchBytes/8)})
	b.SetBytes(benchBytes)
	b.ReportAllocs()
	for b.Loop() {
		if err := flat.Restore(state, &table{}); err != nil {
			b.Fatal(err)
		}
	}
}
