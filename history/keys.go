package history

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// BaselineSegment is the segment of a lineage in which its pinned baseline keeps a history and checkpoints of its own.
const BaselineSegment = "baseline"

// TrainingPrefix returns the prefix of everything that a training keeps, of all its lineages.
func TrainingPrefix(namespace, name string) string { return namespace + "/" + name + "/" }

// GenesisKey returns the key of a lineage's genesis.
func GenesisKey(l Lineage) string { return l.String() + "/genesis" }

// Keys makes the keys of one segment of one incarnation. Numbers are written so that List, which ascends, gives the newest first.
type Keys struct {
	Lineage     Lineage
	Incarnation string
	// Segment is empty for the training itself, BaselineSegment for its baseline.
	Segment string
}

// Prefix returns the prefix of all keys of the segment.
func (k Keys) Prefix() string {
	prefix := k.Lineage.String() + "/" + k.Incarnation + "/"
	if k.Segment != "" {
		prefix += k.Segment + "/"
	}
	return prefix
}

// Tombstone returns the key that marks an incarnation as being deleted; state under a tombstone is never adopted.
func (k Keys) Tombstone() string { return k.Lineage.String() + "/" + k.Incarnation + "/tombstone" }

// HistoryPrefix returns the prefix of the segment's entries.
func (k Keys) HistoryPrefix() string { return k.Prefix() + "history/" }

// Entry returns the key of entry n.
func (k Keys) Entry(n int64) string { return k.HistoryPrefix() + descending(n) }

// CheckpointPrefix returns the prefix of a shard's checkpoints.
func (k Keys) CheckpointPrefix(shard int) string {
	return fmt.Sprintf("%scheckpoint/%d/", k.Prefix(), shard)
}

// Checkpoint returns the key of a shard's checkpoint at a position.
func (k Keys) Checkpoint(shard int, p Position) string {
	return k.CheckpointPrefix(shard) + descending(p.Entry) + "-" + descending(int64(p.Range)) + "-" + descending(p.Next)
}

// ParseEntryKey returns the number of the entry stored at the key.
func (k Keys) ParseEntryKey(key string) (int64, error) {
	rest, ok := strings.CutPrefix(key, k.HistoryPrefix())
	if !ok {
		return 0, fmt.Errorf("key %q is not one of the history %q", key, k.HistoryPrefix())
	}
	return parseDescending(rest)
}

// ParseCheckpointKey returns the position of the checkpoint stored at the key.
func (k Keys) ParseCheckpointKey(shard int, key string) (Position, error) {
	rest, ok := strings.CutPrefix(key, k.CheckpointPrefix(shard))
	parts := strings.Split(rest, "-")
	if !ok || len(parts) != 3 {
		return Position{}, fmt.Errorf("key %q is not a checkpoint of %q", key, k.CheckpointPrefix(shard))
	}
	var numbers [3]int64
	for i, part := range parts {
		n, err := parseDescending(part)
		if err != nil {
			return Position{}, fmt.Errorf("checkpoint key %q: %w", key, err)
		}
		numbers[i] = n
	}
	return Position{Entry: numbers[0], Range: int(numbers[1]), Next: numbers[2]}, nil
}

// MarkPrefix returns the prefix of the segment's marks.
func (k Keys) MarkPrefix() string { return k.Prefix() + "mark/" }

// Mark returns the key of a mark, which says that at a time, in Unix milliseconds, nobody needed the entries below n any more.
func (k Keys) Mark(n, unixMillis int64) string {
	return fmt.Sprintf("%s%s-%016x", k.MarkPrefix(), descending(n), uint64(max(0, unixMillis)))
}

// ParseMarkKey returns the number and the time of the mark stored at the key.
func (k Keys) ParseMarkKey(key string) (n, unixMillis int64, err error) {
	rest, ok := strings.CutPrefix(key, k.MarkPrefix())
	number, millis, found := strings.Cut(rest, "-")
	if !ok || !found || len(millis) != 16 {
		return 0, 0, fmt.Errorf("key %q is not a mark of %q", key, k.MarkPrefix())
	}
	if n, err = parseDescending(number); err == nil {
		unixMillis, err = strconv.ParseInt(millis, 16, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("mark key %q: %w", key, err)
	}
	return n, unixMillis, nil
}

// HoldPrefix returns the prefix of the segment's holds.
func (k Keys) HoldPrefix() string { return k.Prefix() + "hold/" }

// Hold returns the key of a hold, which says that entry n may become a Rebase: until that is known no checkpoint is removed.
func (k Keys) Hold(n int64) string { return k.HoldPrefix() + descending(n) }

// ParseHoldKey returns the number of the hold stored at the key.
func (k Keys) ParseHoldKey(key string) (int64, error) {
	rest, ok := strings.CutPrefix(key, k.HoldPrefix())
	if !ok {
		return 0, fmt.Errorf("key %q is not a hold of %q", key, k.HoldPrefix())
	}
	return parseDescending(rest)
}

func descending(n int64) string { return fmt.Sprintf("%016x", uint64(math.MaxInt64-n)) }

func parseDescending(text string) (int64, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || len(text) != 16 || n > math.MaxInt64 {
		return 0, fmt.Errorf("%q is not a number of 16 hexadecimal digits in descending form", text)
	}
	return math.MaxInt64 - int64(n), nil
}
