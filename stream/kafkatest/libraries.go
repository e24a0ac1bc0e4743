package kafkatest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrMissing tells that Java or Kafka is not on this machine.
var ErrMissing = errors.New("a real Kafka cannot be started here")

// Libraries returns the folder of Kafka's jars as hack/cluster/build.sh has fetched them, ErrMissing where they or Java are not here.
func Libraries() (string, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return "", fmt.Errorf("%w: %w", ErrMissing, err)
	}
	cache := os.Getenv("CREEK_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrMissing, err)
		}
		cache = filepath.Join(base, "creek")
	}
	found, err := filepath.Glob(filepath.Join(cache, "cluster", "kafka-*", "kafka_2.*.jar"))
	if err != nil {
		return "", fmt.Errorf("look for Kafka in %s: %w", cache, err)
	}
	for _, jar := range found {
		if folder := filepath.Dir(jar); !strings.HasSuffix(folder, ".new") {
			return folder, nil
		}
	}
	return "", fmt.Errorf("%w: no jars below %s; run hack/cluster/build.sh kafka", ErrMissing, cache)
}
