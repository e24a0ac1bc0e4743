package combinations

import (
	"fmt"
	"testing"
	"time"

	"creek.dev/creek/cmd/creek/replay"
	"creek.dev/creek/dispatcher/core"
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// With a greatest age every delivery with every residency leaves out the same first records of each partition, a replay of the stored
// history makes the same model, and a record behind a young one is learned whatever its time says.
func TestEveryCombinationLeavesTheOldOut(t *testing.T) {
	const old, behind = 1_900, 2_500
	now := time.Now()
	connection := produceAt(t, 2, func(i int) int64 {
		if i < old || i == behind {
			return now.Add(-2 * time.Hour).UnixMilli()
		}
		return now.UnixMilli()
	})
	var want history.CheckpointFacts
	for _, delivery := range []history.Delivery{history.DeliveryPull, history.DeliveryPush} {
		for _, residency := range []history.Residency{history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried} {
			t.Run(fmt.Sprintf("%s and %s", delivery, residency), func(t *testing.T) {
				store := &state.Memory{}
				got, sender := learnInto(t, store, connection, 3*history.MaxPushedBytes, 2*(each-old), func(c *core.Config) {
					c.Delivery, c.Residency, c.MaxRecordAge = delivery, residency, 3600*core.Second
				})
				if want.Records == 0 {
					want = got
				}
				if got.ModelDigest != want.ModelDigest || got.DeadLetters != 2*(each-old)/100 {
					t.Errorf("%d records, %d dead letters, model %s; the first combination gave %s", got.Records, got.DeadLetters, got.ModelDigest, want.ModelDigest)
				}
				if push := delivery == history.DeliveryPush; push && sender.pushed < sender.requests {
					t.Errorf("%d of %d requests carried records", sender.pushed, sender.requests)
				}
				report, err := replay.Run(t.Context(), replay.Options{Lineage: lineage, Store: store, Kafka: connection})
				if err != nil || !report.Equal || report.Replayed.Model != got.ModelDigest {
					t.Errorf("a replay of the stored history: equal %v, %v", report.Equal, err)
				}
				checkCounts(t, store, 2*old)
			})
		}
	}
}

// checkCounts wants that the newest entry counts so many offsets as too old.
func checkCounts(t *testing.T, store state.Store, want int64) {
	t.Helper()
	newest, err := store.List(t.Context(), history.Keys{Lineage: lineage, Incarnation: "cafe"}.HistoryPrefix(), "", 1)
	if err != nil || len(newest) != 1 {
		t.Fatalf("the newest entry: %v, %v", newest, err)
	}
	data, err := store.Get(t.Context(), newest[0])
	if err != nil {
		t.Fatal(err)
	}
	if entry, err := history.DecodeEntry(data); err != nil || entry.LeftOut != (history.LeftOut{TooOld: want}) {
		t.Errorf("the newest entry counts %+v, want %d too old (%v)", entry.LeftOut, want, err)
	}
}
