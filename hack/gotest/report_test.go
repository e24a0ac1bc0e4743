package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		events []string
		want   string
	}{
		"the output of what passes is left out": {
			events: []string{
				`{"Action":"run","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}`,
				`{"Action":"output","Package":"p","Output":"PASS\n"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: "ok  \tp\t0.1s\n1 tests passed, 0 failed, 0 skipped\n",
		},
		"a skip gives its reason in one line": {
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"    redis_test.go:12: redis-server is not on the PATH\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}`,
				`{"Action":"skip","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: "skip\tp TestA: redis-server is not on the PATH\nok  \tp\t0.1s\n0 tests passed, 0 failed, 1 skipped\n",
		},
		"a failure is told whole": {
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: wrong\n"}`,
				`{"Action":"output","Package":"p","Test":"TestA","Output":"--- FAIL: TestA (0.00s)\n"}`,
				`{"Action":"fail","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: "    a_test.go:3: wrong\n--- FAIL: TestA (0.00s)\nFAIL\tp\t0.1s\n0 tests passed, 1 failed, 0 skipped\n",
		},
		"a test that never ended is told when its package fails": {
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: no\n"}`,
				`{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}`,
				`{"Action":"fail","Package":"p"}`,
			},
			want: "panic: no\nFAIL\tp\t0.1s\n0 tests passed, 1 failed, 0 skipped\n",
		},
		"packages that run at once are kept apart": {
			events: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"of p\n"}`,
				`{"Action":"output","Package":"q","Test":"TestA","Output":"of q\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"fail","Package":"q","Test":"TestA"}`,
			},
			want: "of q\n1 tests passed, 1 failed, 0 skipped\n",
		},
		"a build failure and lines that are no events are printed": {
			events: []string{
				`{"Action":"build-output","ImportPath":"p","Output":"p.go:1: syntax error\n"}`,
				`{"Action":"build-fail","ImportPath":"p"}`,
				`not an event`,
			},
			want: "p.go:1: syntax error\nnot an event\n0 tests passed, 0 failed, 0 skipped\n",
		},
		"a package without tests is not mentioned": {
			events: []string{
				`{"Action":"output","Package":"p","Output":"?   \tp\t[no test files]\n"}`,
				`{"Action":"skip","Package":"p"}`,
			},
			want: "0 tests passed, 0 failed, 0 skipped\n",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			r := newReport(&got)
			if err := r.read(strings.NewReader(strings.Join(c.events, "\n") + "\n")); err != nil {
				t.Fatal(err)
			}
			r.finish()
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("unexpected report (-want +got):\n%s", diff)
			}
		})
	}
}
