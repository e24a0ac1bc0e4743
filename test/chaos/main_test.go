package chaos

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Flags of a run; `make chaos` sets them. Without any it is small enough for every day.
var (
	seedFlag    = flag.Uint64("seed", 1, "what chooses moments and victims")
	killsFlag   = flag.Int("kills", 8, "how many processes are killed, at least")
	recordsFlag = flag.Int("records", 20_000, "how many records are produced")
	residency   = flag.String("residency", "", "how long trainers keep the model: Resident, PerInvocation or Carried; without it the seed chooses")
	delivery    = flag.String("delivery", "", "how records reach trainers: Pull or Push; without it the seed chooses")
	storeFlag   = flag.String("store", "", "where state is kept: Redis or S3; without it the seed chooses")
	kafkaFlag   = flag.Bool("kafka", false, "use and kill a real Kafka, if java and the jars of hack/cluster are here")
)

// This binary is also the program of the processes that have none of their own.
const (
	roleVariable   = "CREEK_CHAOS_ROLE"
	planVariable   = "CREEK_CHAOS_PLAN"
	roleDispatcher = "dispatcher"
	roleBroker     = "broker"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := play(role); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	for _, f := range []struct {
		name, value string
		known       []string
	}{
		{"residency", *residency, names(residencies)}, {"delivery", *delivery, names(deliveries)}, {"store", *storeFlag, names(stores)},
	} {
		if f.value != "" && !slices.Contains(f.known, f.value) {
			fmt.Fprintf(os.Stderr, "-%s %s is none of %s\n", f.name, f.value, strings.Join(f.known, ", "))
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}

// play runs one of the roles until the process is killed.
func play(role string) error {
	var p plan
	if err := json.Unmarshal([]byte(os.Getenv(planVariable)), &p); err != nil {
		return fmt.Errorf("read the plan: %w", err)
	}
	switch role {
	case roleDispatcher:
		return p.dispatch(context.Background())
	case roleBroker:
		return p.broker(context.Background())
	}
	return fmt.Errorf("there is no role %q", role)
}
