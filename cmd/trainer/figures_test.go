package main_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"creek.dev/creek/history"
)

// TestFigureStart measures how long a process takes from its start to its first answer, and what an idle one occupies.
func TestFigureStart(t *testing.T) {
	const n = 20
	s := newSite(t, 1, fileSettings(t))
	var starts []time.Duration
	var resident []int64
	for range n {
		begin := time.Now()
		s.start()
		answer, err := http.Get(s.url + history.PathReady)
		if err != nil {
			t.Fatalf("not ready: %v", err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("not ready: %s", answer.Status)
		}
		starts = append(starts, time.Since(begin))
		resident = append(resident, residentKiB(t, s.process.Process.Pid))
		_ = s.end(syscall.SIGKILL)
	}
	slices.Sort(starts)
	slices.Sort(resident)
	t.Logf("FIGURE process start -> ready: n %d, p50 %s, max %s", n, starts[n/2], starts[n-1])
	t.Logf("FIGURE resident when idle: n %d, p50 %.1f MiB, max %.1f MiB", n, float64(resident[n/2])/1024, float64(resident[n-1])/1024)
	if starts[n/2] > 200*time.Millisecond || resident[n/2] > 40*1024 {
		t.Error("these are far beyond what a trainer that sleeps between slices may take")
	}
}

func residentKiB(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("no /proc here: %v", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Fatal(err)
	}
	return kib
}
