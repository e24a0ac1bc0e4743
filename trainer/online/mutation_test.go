package online_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"testing"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// A state may have been written by anything. Here the numbers of states that
// learners wrote are replaced by others, and the digest is made right again.

// number is a number in a state: where it is and how many bytes it has.
type number struct {
	at, width int
	float     bool
}

// numbers are those of a state, list by list; those of the configuration, which
// are text, are left out.
func numbers(tb testing.TB, state []byte) [][]number {
	tb.Helper()
	var lists [][]number
	for at, end := 12, len(state)-32; at < end; {
		tag := state[at]
		at++
		if tag == 0x00 { // The end of a group has no name.
			continue
		}
		name := string(state[at+1 : at+1+int(state[at])])
		at += 1 + len(name)
		if tag == 0x01 {
			continue
		}
		count := 1
		if tag >= 0x20 {
			count = int(binary.LittleEndian.Uint64(state[at:]))
			at += 8
		}
		width := map[byte]int{0x10: 8, 0x11: 8, 0x20: 1, 0x21: 4, 0x22: 8, 0x23: 4, 0x24: 8}[tag]
		if width == 0 {
			tb.Fatalf("field %q has the tag %x", name, tag)
		}
		if name != "config" && count > 0 {
			list := make([]number, count)
			for i := range list {
				list[i] = number{at + i*width, width, tag == 0x11 || tag == 0x23 || tag == 0x24}
			}
			lists = append(lists, list)
		}
		at += count * width
	}
	return lists
}

var strangeFloats = []float64{
	1e308, -1e308, math.MaxFloat64, 0, math.Copysign(0, -1), -1, 1, 0.5, 5e-324, 1e-300, 1e-150, 1e150, -1e150, 1e100, -1e100, 1e200, 1e30, 3e38,
	-3e38, 1e10, 1e16, math.NaN(), math.Inf(1), math.Inf(-1), 2, 3, 1024,
}

var strangeIntegers = []uint64{0, 1, 2, math.MaxUint64, 1 << 63, 1<<63 - 1, 1 << 53, 1 << 32, 1<<32 - 1, 1 << 31, 1<<31 - 1, 1 << 20, 255, 16, 5}

// mutate replaces some numbers of a state, whose places are known, by others.
func mutate(state []byte, lists [][]number, seed uint64) []byte {
	state = slices.Clone(state)
	key := random.New(seed)
	draw := uint64(0)
	below := func(n int) int {
		draw++
		return int(key.Below(draw, uint64(n)))
	}
	for range 1 + below(3) {
		list := lists[below(len(lists))]
		from, to := 0, len(list)
		if below(4) > 0 { // Else all of them become the same.
			from = below(len(list))
			to = min(from+1, len(list))
		}
		how := below(8)
		float := strangeFloats[below(len(strangeFloats))]
		integer := strangeIntegers[below(len(strangeIntegers))]
		other := list[below(len(list))]
		for _, n := range list[from:to] {
			switch {
			case how == 0:
				copy(state[n.at:n.at+n.width], state[other.at:])
			case n.float:
				mutateFloat(state[n.at:n.at+n.width], how, float)
			default:
				mutateInteger(state[n.at:n.at+n.width], how, integer)
			}
		}
	}
	return seal(state)
}

func mutateFloat(b []byte, how int, strange float64) {
	var v float64
	if len(b) == 4 {
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	} else {
		v = math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	switch how {
	case 1:
		v = -v
	case 2:
		v++
	case 3:
		v *= strange
	default:
		v = strange
	}
	if len(b) == 4 {
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
		return
	}
	binary.LittleEndian.PutUint64(b, math.Float64bits(v))
}

func mutateInteger(b []byte, how int, strange uint64) {
	var word [8]byte
	copy(word[:], b)
	v := binary.LittleEndian.Uint64(word[:])
	switch how {
	case 1:
		v--
	case 2:
		v++
	case 3:
		v ^= strange
	default:
		v = strange
	}
	binary.LittleEndian.PutUint64(word[:], v)
	copy(b, word[:])
}

// tryMutant restores a state that is not what a learner wrote. It is refused, or
// the model goes on like any other: it learns, its predictions are finite, and
// what it writes can be restored.
func tryMutant(s subject, state []byte) (err error) {
	step := "restoring"
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: panic: %v\n%s", step, p, debug.Stack())
		}
	}()
	m, refused := online.LoadState(state)
	if refused != nil {
		return nil
	}
	step = "writing"
	if _, err := online.LoadState(m.AppendState(nil)); err != nil {
		return fmt.Errorf("what was restored cannot be again: %w", err)
	}
	x := make([]float64, len(s.config.Features))
	for i := range 200 {
		step = fmt.Sprintf("row %d", i)
		y := contractRow(s, 5000+i, x)
		p := m.PredictLearn(x, y, random.Position(0, int64(5000+i)))
		for _, v := range append(slices.Clone(p.Scores), p.Value) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%s: the prediction is %v", step, p)
			}
		}
	}
	step = "the end"
	m.LogicalBytes()
	if _, err := online.LoadState(m.AppendState(nil)); err != nil {
		return fmt.Errorf("after 200 rows more it cannot be restored: %w", err)
	}
	return nil
}

// mutantRows are the rows that states to be changed have learned.
const mutantRows = 700

// mutants is how many states are made of each learner's.
const mutants = 60

// TestContractMutants changes numbers of each learner's state.
func TestContractMutants(t *testing.T) {
	eachSubject(t, func(t *testing.T, s subject) {
		m := s.model(t)
		learnRows(s, m, 0, mutantRows)
		state := m.AppendState(nil)
		lists := numbers(t, state)
		for seed := range uint64(mutants) {
			if err := tryMutant(s, mutate(state, lists, seed)); err != nil {
				t.Errorf("mutant %d: %v", seed, err)
			}
		}
	})
}

// FuzzMutants is TestContractMutants with other seeds and numbers of rows.
func FuzzMutants(f *testing.F) {
	all := subjects()
	for i := range all {
		f.Add(i, uint64(i), mutantRows)
	}
	f.Fuzz(func(t *testing.T, which int, seed uint64, rows int) {
		s := all[uint(which)%uint(len(all))]
		m := s.model(t)
		learnRows(s, m, 0, int(uint(rows)%2000))
		state := m.AppendState(nil)
		if err := tryMutant(s, mutate(state, numbers(t, state), seed)); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	})
}
