package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOperatorFlags(t *testing.T) {
	good := func() operatorFlags {
		return operatorFlags{
			namespaces: []string{"a", " b", ""}, trainerImage: "trainer:v1", dispatcherAccount: "creek-system/creek-dispatcher",
			factsURL: "https://creek-dispatcher.creek-system.svc:8443", operatorNamespace: "creek-system", memoryCeiling: "2Gi",
			requestTimeout: 10 * time.Minute, leftoverTimeout: 5 * time.Minute,
		}
	}
	tests := map[string]struct {
		edit func(*operatorFlags)
		want string
	}{
		"good":               {func(*operatorFlags) {}, ""},
		"no image":           {func(f *operatorFlags) { f.trainerImage = "" }, "--trainer-image is required"},
		"no namespace":       {func(f *operatorFlags) { f.operatorNamespace = "" }, "--operator-namespace"},
		"account":            {func(f *operatorFlags) { f.dispatcherAccount = "creek-dispatcher" }, `"creek-dispatcher" is not namespace/name`},
		"facts in the clear": {func(f *operatorFlags) { f.factsURL = "http://creek-dispatcher:8443" }, "is not https://host:port"},
		"facts with a path":  {func(f *operatorFlags) { f.factsURL += "/v1/facts" }, "is not https://host:port"},
		"ceiling":            {func(f *operatorFlags) { f.memoryCeiling = "2Gb" }, `--memory-ceiling "2Gb"`},
		"request too short":  {func(f *operatorFlags) { f.requestTimeout = time.Second }, "--request-timeout 1s"},
		"leftover":           {func(f *operatorFlags) { f.leftoverTimeout = 0 }, "--leftover-timeout"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			flags := good()
			test.edit(&flags)
			settings, err := flags.check()
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want one with %q", err, test.want)
				}
				return
			}
			if diff := cmp.Diff([]string{"a", "b"}, settings.namespaces); err != nil || diff != "" || settings.ceiling != 2<<30 {
				t.Errorf("error %v, ceiling %d, namespaces (-want +got):\n%s", err, settings.ceiling, diff)
			}
		})
	}
}
