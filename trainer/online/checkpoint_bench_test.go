package online_test

import (
	"io"
	"strconv"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/trainer/online"
	"creek.dev/creek/trainer/online/random"
)

// large are models whose checkpoints have many megabytes, and how many rows of so many numbers make them so.
var large = []struct {
	name, algorithm string
	parameters      map[string]string
	width, rows     int
}{
	{"Forest", "AdaptiveRandomForest", map[string]string{"members": "50", "maxFeatures": "60%"}, 20, 20_000},
	{"Tree", "HoeffdingTree", map[string]string{"gracePeriod": "50", "maxDepth": "40", "delta": "0.1"}, 40, 300_000},
	{"Hashed", "LogisticRegression", map[string]string{"hashBits": "22", "optimizer": "FTRL"}, 8, 1000},
}

func BenchmarkCheckpoint(b *testing.B) {
	for _, l := range large {
		names := make([]string, l.width)
		for i := range names {
			names[i] = "x" + strconv.Itoa(i)
		}
		m := newModel(b, online.Config{
			Algorithm: l.algorithm, Parameters: l.parameters, Features: online.NumericFeatures(names...), Classes: []string{"no", "yes"},
		})
		key, x := random.New(1), make([]float64, l.width)
		for row := range uint64(l.rows) {
			sum := 0.0
			for i := range x {
				x[i] = key.With(row).Float64(uint64(i))
				if i < 4 {
					sum += x[i]
				}
			}
			m.Learn(x, float64(int(4*sum)%2), random.Position(0, int64(row)))
		}
		state := m.AppendState(nil)
		b.Run(l.name+"/Write", func(b *testing.B) {
			measureBytes(b, len(state), func() error { return m.Write(io.Discard) })
		})
		b.Run(l.name+"/Read", func(b *testing.B) {
			measureBytes(b, len(state), func() error { return m.RestoreState(state) })
		})
	}
}

// measureBytes reports gigabytes a second by the clock, and by the processors' time, which others on the machine do not lengthen.
func measureBytes(b *testing.B, size int, pass func() error) {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	begin := time.Now()
	for b.Loop() {
		if err := pass(); err != nil {
			b.Fatal(err)
		}
	}
	seconds := time.Since(begin).Seconds()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	spent := float64(after.Utime.Nano()+after.Stime.Nano()-before.Utime.Nano()-before.Stime.Nano()) / 1e9
	total := float64(size) * float64(b.N)
	b.ReportMetric(total/1e9/seconds, "GB/s")
	b.ReportMetric(total/1e9/spent, "GB/cpu-s")
	b.ReportMetric(float64(size)/1e6, "MB")
}
