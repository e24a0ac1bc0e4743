package state

import (
	"fmt"
	"strings"
)

// Bounds of keys, the same in every store so that stores can be exchanged.
const (
	maxKey     = 1024
	maxSegment = 128
	// ownerSegments is how many segments name the owner of a key: a training's namespace and name. Listing needs them, since keys are
	// indexed by owner.
	ownerSegments = 2
)

// checkKey refuses keys that some store could not keep: a key is three or more segments of printable ASCII, joined by slashes.
func checkKey(key string) error {
	if len(key) > maxKey {
		return fmt.Errorf("key of %d characters: at most %d are kept", len(key), maxKey)
	}
	segments := strings.Split(key, "/")
	if len(segments) <= ownerSegments {
		return fmt.Errorf("key %q: want namespace/name/ and something behind it", key)
	}
	for _, segment := range segments {
		if segment == "" {
			return fmt.Errorf("key %q has an empty segment", key)
		}
		if err := checkSegment(segment); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
	}
	return nil
}

func checkSegment(segment string) error {
	if len(segment) > maxSegment {
		return fmt.Errorf("a segment of %d characters: at most %d are kept", len(segment), maxSegment)
	}
	if segment == "." || segment == ".." {
		return fmt.Errorf("segment %q is not allowed", segment)
	}
	for i := range len(segment) {
		if c := segment[i]; c <= ' ' || c > '~' {
			return fmt.Errorf("byte %#x is not printable ASCII", c)
		}
	}
	return nil
}

// checkPrefix refuses prefixes that do not name their owner. It returns the owner with the slash behind it.
func checkPrefix(prefix string) (owner string, err error) {
	segments := strings.SplitAfterN(prefix, "/", ownerSegments+1)
	if len(segments) <= ownerSegments || len(prefix) > maxKey {
		return "", fmt.Errorf("prefix %q must begin with namespace/name/", prefix)
	}
	for segment := range strings.SplitSeq(prefix, "/") {
		if err := checkSegment(segment); err != nil {
			return "", fmt.Errorf("prefix %q: %w", prefix, err)
		}
	}
	if segments[0] == "/" || segments[1] == "/" {
		return "", fmt.Errorf("prefix %q has an empty segment", prefix)
	}
	return segments[0] + segments[1], nil
}

// ownerOf returns the owner of a checked key with the slash behind it.
func ownerOf(key string) string {
	segments := strings.SplitAfterN(key, "/", ownerSegments+1)
	return segments[0] + segments[1]
}

// page cuts what a List returns out of all keys in ascending order.
func page(keys []string, prefix, after string, limit int) []string {
	var out []string
	for _, key := range keys {
		if len(out) >= limit {
			break
		}
		if strings.HasPrefix(key, prefix) && key > after {
			out = append(out, key)
		}
	}
	return out
}
