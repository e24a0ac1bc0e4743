package main

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"creek.dev/creek/trainer/online"
)

func TestAUC(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		scores, y []float64
		want      float64
	}{
		{[]float64{.1, .2, .3, .4}, []float64{0, 0, 1, 1}, 1},
		{[]float64{.4, .3, .2, .1}, []float64{0, 0, 1, 1}, 0},
		{[]float64{.1, .3, .2, .4}, []float64{0, 0, 1, 1}, .75},
		{[]float64{.5, .5, .5, .5}, []float64{0, 1, 0, 1}, .5},
		{[]float64{.5, .6}, []float64{0, 0}, 0},
	} {
		if got := auc(test.scores, test.y); got != test.want {
			t.Errorf("%v of %v: %v, want %v", test.scores, test.y, got, test.want)
		}
	}
}

func TestMeasure(t *testing.T) {
	t.Parallel()
	rows := &table{y: []float64{1, 0, 1}}
	classes := measure(online.TaskClassification, rows, []float64{-1, 0, 0, 0, .5, .5, 0, .9, .1}, 3)
	numbers := measure(online.TaskRegression, rows, []float64{0, 0, 3}, 1)
	want := []map[string]float64{{"accuracy": .5}, {"mae": 1, "rmse": math.Sqrt(5. / 3)}}
	if diff := cmp.Diff(want, []map[string]float64{classes.figures, numbers.figures}, cmpopts.EquateApprox(1e-15, 0)); diff != "" {
		t.Error(diff)
	}
	if classes.counted != 2 || numbers.counted != 3 {
		t.Errorf("%d and %d rows counted", classes.counted, numbers.counted)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	peer := outcome{width: 2, values: []float64{0, .5, 1, .5, 1, .7}}
	for name, test := range map[string]struct {
		values      []float64
		classesOnly bool
		want        difference
	}{
		"equal":       {peer.values, false, difference{0, 3, -1, 0}},
		"class":       {[]float64{0, .5, 0, .5, 0, .7}, false, difference{2, 3, 1, 0}},
		"score":       {[]float64{0, .5, 1, .5, 1, .5}, false, difference{1, 3, 2, .2}},
		"only scores": {[]float64{0, .5, 1, .5, 1, .5}, true, difference{0, 3, -1, .2}},
		"rounding":    {[]float64{0, .5, 1, .5 + 1e-9, 1, .7}, false, difference{0, 3, -1, 1e-9}},
	} {
		got := compare(peer, outcome{width: 2, values: test.values}, true, test.classesOnly)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(difference{}), cmpopts.EquateApprox(1e-6, 0)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		task      string
		peer, own float64
		failed    bool
		want      string
	}{
		{"", .9, .901, false, "as good or better (+0.10 points)"},
		{"", .9, .898, false, "within 0.3 points (-0.20)"},
		{"", .9, .89, true, "worse by 1.00 points"},
		{online.TaskRegression, 2, 1.99, false, "as good or better (-0.50 %)"},
		{online.TaskRegression, 2, 2.01, false, "within 1.0 % (+0.50)"},
		{online.TaskRegression, 2, 2.1, true, "worse by 5.00 %"},
	} {
		r := result{testCase: testCase{group: group{kind: seeded, task: test.task}}, peer: []float64{test.peer}, own: []float64{test.own}}
		r.judge(outcome{}, outcome{})
		if r.failed != test.failed || r.verdict != test.want {
			t.Errorf("%v beside %v: %q (failed: %v), want %q", test.own, test.peer, r.verdict, r.failed, test.want)
		}
	}
}

func TestEveryCaseCanBeRead(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, g := range groups {
		for _, c := range g.cases() {
			if _, err := findDataset(c.data); err != nil {
				t.Errorf("%s: %v", c.name(), err)
			}
			if seen[c.name()] {
				t.Errorf("two cases are called %s", c.name())
			}
			seen[c.name()] = true
		}
	}
	for name := range allowed {
		if !seen[name] {
			t.Errorf("no case is called %s, which may differ", name)
		}
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	c := testCase{group: group{title: "Hoeffding tree", peer: moa}, data: "elec2"}
	for name, test := range map[string]struct {
		r               *result
		reason, excused bool
	}{
		"a failure":         {&result{testCase: c, failed: true}, true, true},
		"one peer's better": {&result{testCase: c, besides: river}, true, false},
		"no failure":        {&result{testCase: c}, false, false},
		"no reason":         {&result{testCase: testCase{group: c.group, data: "sea"}, failed: true}, false, false},
	} {
		before := test.r.failed
		test.r.excuse()
		if (test.r.verdict != "") != test.reason || test.r.excused != test.excused || test.r.failed != (before && !test.excused) {
			t.Errorf("%s: %q, excused %v, failed %v", name, test.r.verdict, test.r.excused, test.r.failed)
		}
	}
}

func TestOnePeerIsEnough(t *testing.T) {
	t.Parallel()
	of := func(peer, parameters, data string, failed bool) *result {
		g := group{kind: seeded, algorithm: "HoeffdingTree", parameters: parameters, peer: peer}
		return &result{testCase: testCase{group: g, data: data}, failed: failed, verdict: "v"}
	}
	for name, test := range map[string]struct {
		other *result
		want  string
	}{
		"the other is content":   {of(moa, "", "sea", false), "v, but not than MOA's"},
		"the other is not":       {of(moa, "", "sea", true), "v"},
		"the same peer":          {of(river, "", "sea", false), "v"},
		"other rows":             {of(moa, "", "elec2", false), "v"},
		"other parameters":       {of(moa, "delta=0.1", "sea", false), "v"},
		"the other did not come": {&result{testCase: of(moa, "", "sea", false).testCase, problem: notAsked}, "v"},
	} {
		r := of(river, "", "sea", true)
		ofAnotherPeer([]*result{r, test.other})
		if r.verdict != test.want || r.failed != (test.want == "v") {
			t.Errorf("%s: %q (failed: %v), want %q", name, r.verdict, r.failed, test.want)
		}
	}
}
