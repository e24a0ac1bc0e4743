package demo

import (
	"strings"
	"testing"

	"creek.dev/creek/history"
)

// The report ends with what its exit code says.
func TestReportEndsWithAVerdict(t *testing.T) {
	same := Outcome{Records: 7, Digest: history.Digest{1}}
	other := Outcome{Records: 7, Digest: history.Digest{2}}
	for want, report := range map[string]Report{
		"all three models are the same, bit for bit.\n": {Produced: 7, Serverless: same, Baseline: same, Replay: same},
		"The three do not agree.\n":                     {Produced: 7, Serverless: other, Baseline: same, Replay: same},
	} {
		var text strings.Builder
		if err := report.Print(&text); err != nil || !strings.HasSuffix(text.String(), want) {
			t.Errorf("error %v, and the report should end with %q:\n%s", err, want, text.String())
		}
	}
}

func TestTroublesAreNamed(t *testing.T) {
	fine := history.Finding{Status: history.True}
	full := history.Finding{Status: history.False, Reason: history.ReasonStateUnreachable, Message: "no space left on device"}
	if got := troubles(history.Facts{Source: fine, State: fine}); got != "" {
		t.Errorf("got %q where all is well", got)
	}
	if got := troubles(history.Facts{Source: fine, State: full}); got != "  StateUnreachable: no space left on device" {
		t.Errorf("got %q", got)
	}
}
