package tree

import (
	"math"

	"creek.dev/creek/trainer/online/crew"
	"creek.dev/creek/trainer/online/drift"
	"creek.dev/creek/trainer/online/learner"
	"creek.dev/creek/trainer/online/numeric"
	"creek.dev/creek/trainer/online/parameter"
	"creek.dev/creek/trainer/online/random"
)

// AdaptiveParameters are the parameters of a Hoeffding adaptive tree.
var AdaptiveParameters = append(without(),
	parameter.Spec{Name: "bootstrapSampling", Type: parameter.Flag, Default: 1, Doc: "Give each row in each leaf a weight by the Poisson distribution of mean 1, but never 0."},
	parameter.Spec{Name: "driftDelta", Default: 0.002, Min: 0, Max: 1, MinOpen: true, MaxOpen: true, Doc: "Confidence of the ADWIN detectors."},
	parameter.Spec{Name: "driftWindowThreshold", Default: 300, Min: 0, Max: 1e9, Doc: "Rows that a split and its alternate must have seen to be compared."},
	parameter.Spec{Name: "switchSignificance", Default: 0.05, Min: 0, Max: 1, MinOpen: true, MaxOpen: true, Doc: "Significance of the difference in error that decides between a split and its alternate."},
)

// Adaptive is the Hoeffding adaptive tree (Bifet and Gavaldà 2009), as River's
// tree.HoeffdingAdaptiveTreeClassifier: an ADWIN watches the error at every split
// and leaf; once the error of a split rises, an alternate leaf learns beside it.
// The alternate takes the split's place when its error is significantly lower, or
// when it is itself ready to be split, and is dropped when its error is
// significantly higher. Alternates predict too, each leaf with the weight of 1
// over its squared error; each once, where River counts an alternate twice when it
// is reached without the value of the split above.
//
// What Hoeffding says of missing values and levels holds here too, but that a row
// that lacks the value of a split may start attempts to split. The tree is not
// safe for concurrent use.
type Adaptive struct {
	Hoeffding
	settings  *drift.Settings
	bootstrap bool
	window    float64
	// logSwitch is ln(2/switchSignificance).
	logSwitch float64

	// watch are the numbers of the nodes' monitors, or none.
	watch    []int32
	monitors []monitor
	free     []int32
	// beside is the number of alternates.
	beside int

	sum, part []float64
}

// monitor watches the errors at a node.
type monitor struct {
	adwin       drift.ADWIN
	count, mean float64
}

// monitorBytes is what a node's monitor counts in the logical size: that of a
// window over a million values.
const monitorBytes = 512

// NewAdaptive returns an empty tree.
func NewAdaptive(in learner.Input, v parameter.Values) *Adaptive {
	t := &Adaptive{
		Hoeffding: *New(in, FromValues(v)),
		settings:  drift.DefaultSettings(v.Real("driftDelta")),
		bootstrap: v.Flag("bootstrapSampling"),
		window:    v.Real("driftWindowThreshold"),
		logSwitch: numeric.Log(2 / v.Real("switchSignificance")),
		sum:       crew.Apart[float64](in.Classes),
		part:      crew.Apart[float64](in.Classes),
	}
	t.perNode = nodeBytes + monitorBytes
	t.key = in.Key.For(random.Bootstrap)
	return t
}

// place makes what is kept by node as long as the nodes.
func (t *Adaptive) place() {
	for len(t.watch) < len(t.nodes) {
		t.watch = append(t.watch, none)
		t.alternates = append(t.alternates, none)
	}
}

// see tells node i's monitor whether a prediction was wrong, and whether its error
// has changed for the worse.
func (t *Adaptive) see(i int32, wrong bool) bool {
	if t.watch[i] == none {
		t.watch[i] = t.newMonitor()
	}
	m := &t.monitors[t.watch[i]]
	bit := uint32(0)
	if wrong {
		bit = 1
	}
	before := m.mean
	change := m.adwin.UpdateBit(bit)
	m.count++
	m.mean += float64(1 / m.count * (float64(bit) - m.mean))
	if change && before > m.mean {
		m.count, m.mean = 0, 0
		return false
	}
	return change
}

func (t *Adaptive) newMonitor() int32 {
	if n := len(t.free); n > 0 {
		i := t.free[n-1]
		t.free = t.free[:n-1]
		t.monitors[i].adwin.Init(t.settings)
		t.monitors[i].count, t.monitors[i].mean = 0, 0
		return i
	}
	t.monitors = append(t.monitors, monitor{adwin: drift.NewADWIN(t.settings)})
	return int32(len(t.monitors) - 1)
}

// unwatch gives back node i's monitor.
func (t *Adaptive) unwatch(i int32) {
	if t.watch[i] != none {
		t.free = append(t.free, t.watch[i])
		t.watch[i] = none
	}
}

// errors are the count and the share of wrong predictions at node i.
func (t *Adaptive) errors(i int32) (count, mean float64) {
	if t.watch[i] == none {
		return 0, 0
	}
	m := &t.monitors[t.watch[i]]
	return m.count, m.mean
}

// drop gives back what belongs to node i but its head.
func (t *Adaptive) drop(i int32) {
	t.unwatch(i)
	t.dropAlternate(i)
}

// dropAlternate gives back the alternate of split i, if it has one.
func (t *Adaptive) dropAlternate(i int32) {
	a := t.alternates[i]
	if a == none {
		return
	}
	t.unwatch(a)
	t.dropLeaf(a)
	t.freePairs = append(t.freePairs, a)
	t.alternates[i] = none
	t.beside--
}

// addAlternate gives split i at a depth an alternate, if there is room for it.
func (t *Adaptive) addAlternate(i int32, depth float64) {
	t.dropAlternate(i)
	if !t.fits(2*t.perNode + 8*t.head) {
		return
	}
	a := t.newPair()
	t.nodes[a] = node{feature: leaf, child: t.newHead(depth)}
	t.place()
	t.alternates[i] = a
	t.beside++
	if t.LogicalBytes() > t.config.MaxBytes {
		t.enforce()
	}
}

// Predict implements learner.Classifier.
func (t *Adaptive) Predict(x, scores []float64) {
	clear(scores)
	if len(t.nodes) == 0 {
		return
	}
	i, _ := t.route(x)
	t.respond(i, x, scores)
	t.combine(i, x, scores)
}

// respond fills scores with what leaf i says, and returns the slot that naive
// Bayes favours, and the class that the leaf predicts, or none.
func (t *Adaptive) respond(i int32, x, scores []float64) (bayes, class int) {
	h := t.at(t.nodes[i].child)
	clear(scores)
	if h[hSlots] == 0 {
		return none, none
	}
	bayes, slot := t.favourites(h, x)
	if t.bayesian(h) {
		t.posterior(h, bayes, scores)
	} else {
		t.shares(h, scores)
	}
	return bayes, int(h[t.classOf+slot])
}

// favourites are the slot that naive Bayes favours, and the one that a leaf
// predicts.
func (t *Adaptive) favourites(h, x []float64) (bayes, predicted int) {
	bayes = none
	if h[hActive] != 0 {
		bayes = t.evaluate(h, x)
	}
	if t.bayesian(h) {
		return bayes, bayes
	}
	most := math.Inf(-1)
	for slot, w := range h[t.weights : t.weights+int(h[hSlots])] {
		if w > most {
			predicted, most = slot, w
		}
	}
	return bayes, predicted
}

// combine adds what the alternates on the way of x say to the scores of its
// leaf i.
func (t *Adaptive) combine(i int32, x, scores []float64) {
	if t.beside == 0 {
		return
	}
	weight, others := t.trust(i), 0
	for c, p := range scores {
		t.sum[c] = float64(weight * p)
	}
	for k := int32(0); t.nodes[k].feature != leaf; k = t.below(k, x) {
		a := t.alternates[k]
		if a == none {
			continue
		}
		others++
		t.respond(a, x, t.part)
		weight := t.trust(a)
		for c, p := range t.part {
			t.sum[c] += float64(weight * p)
		}
	}
	if total := sum(t.sum); others > 0 && total > 0 {
		for c := range scores {
			scores[c] = t.sum[c] / total
		}
	}
}

// leastSquare is below the square of any share of a stream's rows; 1 over it, and
// sums of that, are finite.
const leastSquare = 1e-200

// trust is the weight of what a leaf says.
func (t *Adaptive) trust(i int32) float64 {
	if _, mean := t.errors(i); mean > 0 {
		return 1 / max(float64(mean*mean), leastSquare)
	}
	return 1
}
