//go:build e2e

package e2e

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func password(t *testing.T, name string) string {
	t.Helper()
	return string(bytes.TrimSpace(secret(t, name)))
}

var calls = regexp.MustCompile(`cmdstat_([a-z|]+):calls=(\d+)`)

// countCalls adds up the calls of all commands but those that connecting and asking for statistics take.
func countCalls(statistics string) int64 {
	var sum int64
	for _, match := range calls.FindAllStringSubmatch(statistics, -1) {
		command, _, _ := strings.Cut(match[1], "|")
		switch command {
		case "info", "auth", "hello", "client", "ping", "config":
			continue
		}
		n, _ := strconv.ParseInt(match[2], 10, 64)
		sum += n
	}
	return sum
}

func objects(t *testing.T, list client.ObjectList) []client.Object {
	t.Helper()
	items, err := meta.ExtractList(list)
	if err != nil {
		t.Fatal(err)
	}
	found := make([]client.Object, len(items))
	for i, item := range items {
		found[i] = item.(client.Object)
	}
	return found
}
