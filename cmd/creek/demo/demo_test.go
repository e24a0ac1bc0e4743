package demo_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"creek.dev/creek/cmd/creek/demo"
)

// TestDemo runs a short demonstration with real trainer processes, one of which is killed.
func TestDemo(t *testing.T) {
	trainer := filepath.Join(t.TempDir(), "trainer")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", trainer, "creek.dev/creek/cmd/trainer").CombinedOutput(); err != nil {
		t.Fatalf("build the trainer: %v\n%s", err, output)
	}
	options := demo.Defaults()
	options.Trainer, options.BurstRecords, options.Bursts = trainer, 3_000, 3
	options.Pause, options.IdleWindow = 3*time.Second, time.Second
	options.Progress = func(line string) { t.Log(line) }
	report, err := demo.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if report.Serverless.AwakeSeconds >= report.Baseline.AwakeSeconds {
		t.Errorf("the trainer was awake for %.1f s, the baseline for %.1f s", report.Serverless.AwakeSeconds, report.Baseline.AwakeSeconds)
	}
}
