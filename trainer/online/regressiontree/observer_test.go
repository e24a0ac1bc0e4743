package regressiontree

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
)

// testTree is a tree of one feature.
func testTree(kind learner.Kind, parameters map[string]string) *tree {
	in := learner.Input{Schema: learner.Schema{kind}}
	return newTree(NewSettings(in, parameter.MustParse(HoeffdingParameters, parameters)), 1)
}

var values = rapid.OneOf(
	rapid.Float64Range(-3, 3), rapid.Float64Range(-1e3, 1e3), rapid.Float64Range(-1e100, 1e100),
	rapid.SampledFrom([]float64{0, 1, -1, 1e100, -1e100, 5e-324, 0.25, -0.25}),
)

// A quantizer that has too many intervals knows what one of wider intervals
// would know.
func TestDoublingIsAWiderRadius(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		narrow := testTree(learner.Numeric, map[string]string{"maxSlots": "8"})
		var o observer
		seen := rapid.SliceOfN(values, 1, 60).Draw(t, "values")
		for i, v := range seen {
			narrow.observe(&o, 0, v, float64(i%7), 1)
		}
		if o.n > 8 || int(o.n) != narrow.slotCount {
			t.Fatalf("%d slots, counted as %d", o.n, narrow.slotCount)
		}
		if o.doublings > maxDoublings {
			t.Fatalf("doubled %d times", o.doublings)
		}
		counts := map[float64]float64{}
		for _, v := range seen {
			counts[narrow.set.interval(v, o.doublings)]++
		}
		for i, s := range narrow.slots(&o) {
			if s.n != counts[s.key] {
				t.Fatalf("interval %v has %v rows instead of %v", s.key, s.n, counts[s.key])
			}
			if i > 0 && narrow.slots(&o)[i-1].key >= s.key {
				t.Fatal("the slots are not in their order")
			}
		}
	})
}

// A histogram loses no row, and keeps its bins in order and within their number.
func TestHistogramKeepsWhatItSaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := testTree(learner.Numeric, map[string]string{"numericObserver": "Histogram", "maxSlots": "8"})
		var o observer
		var want moments
		for _, v := range rapid.SliceOfN(values, 1, 60).Draw(t, "values") {
			y := math.Mod(v, 10)
			tree.observe(&o, 0, v, y, 2)
			want.add(y, 2)
		}
		var got moments
		slots := tree.slots(&o)
		for i := range slots {
			got.merge(slots[i].moments)
			if i > 0 && slots[i-1].key >= slots[i].key {
				t.Fatal("the bins are not in their order")
			}
		}
		if len(slots) > 8 || len(slots) != tree.slotCount {
			t.Fatalf("%d bins, counted as %d", len(slots), tree.slotCount)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(moments{}), cmpopts.EquateApprox(1e-9, 1e-9)); d != "" {
			t.Fatal(d)
		}
	})
}

// The place that locate finds is the one that a search finds.
func TestLocate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := testTree(learner.Numeric, map[string]string{"maxSlots": "64"})
		var o observer
		for _, v := range rapid.SliceOfN(values, 1, 60).Draw(t, "values") {
			tree.observe(&o, 0, v, 0, 1)
		}
		key := math.Floor(values.Draw(t, "key") * 4)
		if got, want := locate(tree.slots(&o), key), bisect(tree.slots(&o), key); got != want {
			t.Fatalf("found %d, want %d", got, want)
		}
	})
}

func TestMomentsPartAndRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var part, rest, all moments
		for i, y := range rapid.SliceOfN(rapid.Float64Range(-100, 100), 2, 40).Draw(t, "targets") {
			all.add(y, 1)
			if i%2 == 0 {
				part.add(y, 1)
			} else {
				rest.add(y, 1)
			}
		}
		approximately := cmpopts.EquateApprox(1e-6, 1e-6)
		if d := cmp.Diff(rest, all.without(part), cmp.AllowUnexported(moments{}), approximately); d != "" {
			t.Fatal(d)
		}
		part.merge(rest)
		if d := cmp.Diff(all, part, cmp.AllowUnexported(moments{}), approximately); d != "" {
			t.Fatal(d)
		}
	})
}

func TestCritical(t *testing.T) {
	for p, want := range map[float64]float64{0.05: 1.959963984540, 0.01: 2.575829303549, 0.3: 1.036433389494} {
		if got := critical(p); math.Abs(got-want) > 1e-9 {
			t.Errorf("critical(%v) is %v, want %v", p, got, want)
		}
	}
}
