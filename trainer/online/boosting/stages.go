// Package boosting holds gradient boosting for streams.
package boosting

import (
	"maps"
	"math"
	"strconv"

	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/flat"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
	"creek.dev/creek/trainer/online/regressiontree"
)

// stages are trees one after the other, of which each corrects those before it,
// and sees some of the features only. There may be several trees a stage, one for
// each output.
type stages struct {
	trees []*regressiontree.Hoeffding
	// windows are over the errors of the trees.
	windows []drift.ADWIN
	// features are those of each stage, one stage after the other.
	features []int32
	// each is the number of features of a stage, outputs that of its trees.
	each, outputs int
	rate          float64
	row           []float64
	raw           []float64
}

func newStages(in learner.Input, v parameter.Values, outputs int) stages {
	n, width := v.Int("members"), len(in.Schema)
	s := stages{outputs: outputs, rate: v.Real("learningRate"), raw: make([]float64, outputs)}
	s.each = seen(width, v)
	s.row = make([]float64, s.each)
	s.trees = make([]*regressiontree.Hoeffding, 0, n*outputs)
	values := parameter.MustParse(regressiontree.HoeffdingParameters, treeTexts(v, n*outputs))
	settings := drift.DefaultSettings(v.Real("driftDelta"))
	places := make([]int32, width)
	schema := make(learner.Schema, s.each)
	for m := range n {
		s.choose(in.Key.For(random.Subspace).With(uint64(m)), places)
		chosen := s.features[len(s.features)-s.each:]
		for i, j := range chosen {
			schema[i] = in.Schema[j]
		}
		for range outputs {
			s.trees = append(s.trees, regressiontree.NewHoeffding(learner.Input{Schema: schema}, values))
			s.windows = append(s.windows, drift.NewADWIN(settings))
		}
	}
	return s
}

// seen is how many of so many features a stage sees.
func seen(width int, v parameter.Values) int {
	return min(max(int(float64(v.Real("subspace")*float64(width))+0.5), min(2, width)), width)
}

// choose adds the features of one stage, in their order.
func (s *stages) choose(key random.Key, places []int32) {
	left := s.each
	for j := range places {
		if key.Below(uint64(j), uint64(len(places)-j)) < uint64(left) {
			s.features = append(s.features, int32(j))
			left--
		}
	}
}

// LeastBytes is what trees of one leaf each, and of a cap that a tree can have,
// take.
func LeastBytes(in learner.Input, v parameter.Values) int {
	trees := v.Int("members")
	if in.Classes > 2 {
		trees *= in.Classes
	}
	in.Schema = in.Schema[:seen(len(in.Schema), v)]
	values := parameter.MustParse(regressiontree.HoeffdingParameters, treeTexts(v, trees))
	return trees * max(leastTree, regressiontree.NewSettings(in, values).LeastBytes())
}

// leastTree is the least cap that a tree can have.
const leastTree = 1 << 14

// treeTexts are the parameters of each of n trees.
func treeTexts(v parameter.Values, n int) map[string]string {
	texts := map[string]string{
		"leafPrediction": "Mean", "numericObserver": "Histogram", "binarySplit": "true",
		"maxBytes": strconv.Itoa(min(max(v.Int("maxBytes")/n, leastTree), 1<<36)),
	}
	all := v.Texts()
	maps.DeleteFunc(all, func(name, _ string) bool { return !passed[name] })
	maps.Copy(texts, all)
	return texts
}

// passed are the parameters that are the trees' own.
var passed = map[string]bool{"gracePeriod": true, "delta": true, "tau": true, "maxDepth": true, "maxSlots": true}

// sub is x as the trees of stage m see it.
func (s *stages) sub(m int, x []float64) []float64 {
	for i, j := range s.features[m*s.each : (m+1)*s.each] {
		s.row[i] = x[j]
	}
	return s.row
}

// count is the number of stages.
func (s *stages) count() int { return len(s.trees) / s.outputs }

// stage are the trees of stage m.
func (s *stages) stage(m int) []*regressiontree.Hoeffding {
	return s.trees[m*s.outputs : (m+1)*s.outputs]
}

// predict writes the outputs that all stages together have for x to s.raw.
func (s *stages) predict(x []float64) []float64 {
	clear(s.raw)
	for m := range s.count() {
		s.add(m, s.sub(m, x))
	}
	return s.raw
}

// add adds what stage m says about a row of its own features.
func (s *stages) add(m int, row []float64) {
	for k, t := range s.stage(m) {
		s.raw[k] += float64(s.rate * t.Predict(row))
	}
}

// learn teaches tree k of stage m a row of its features, and starts it anew when
// it has become worse: where the row weighs scale, its error does too.
func (s *stages) learn(m, k int, row []float64, y, weight, scale float64) {
	at := m*s.outputs + k
	t, w := s.trees[at], &s.windows[at]
	e := min(float64(math.Abs(y-t.Predict(row))*scale), learner.Limit)
	if w.Update(e) && w.Rose() {
		t.Reset(0)
		w.Reset()
	}
	t.Learn(row, y, weight, 0)
}

// Fields implements flat.Stater.
func (s *stages) Fields(c *flat.Codec) {
	for _, t := range s.trees {
		c.Part("tree", t)
	}
	drift.FieldsOf(c, len(s.windows), func(i int) *drift.ADWIN { return &s.windows[i] })
}

// HeapBytes implements learner.State.
func (s *stages) HeapBytes() int {
	n := 8*len(s.trees) + 4*cap(s.features) + 8*(len(s.row)+len(s.raw)) + 256
	for _, t := range s.trees {
		n += t.HeapBytes()
	}
	for i := range s.windows {
		n += s.windows[i].HeapBytes()
	}
	return n
}

// LogicalBytes implements learner.State.
func (s *stages) LogicalBytes() int {
	n := 0
	for _, t := range s.trees {
		n += t.LogicalBytes()
	}
	for i := range s.windows {
		n += s.windows[i].LogicalBytes()
	}
	return n
}
