//go:build e2e

package e2e

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func password(t *testing.T, name string) string {
	t.Helper()
	return string(bytes.TrimSpace(secret(t, name)))
}

// redisCommands counts the commands that the store was sent, but for those that connecting and asking take. Other trainings must not run
// meanwhile.
func redisCommands(t *testing.T) int64 {
	t.Helper()
	db := redis.NewClient(&redis.Options{Addr: *redisAddress, Password: password(t, "redis.password"), DisableIdentity: true, Protocol: 2})
	defer db.Close()
	statistics, err := db.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatalf("ask Redis what it was sent: %v", err)
	}
	return countCalls(statistics)
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
