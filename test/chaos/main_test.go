package chaos

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"creek.dev/creek/history"
)

// Flags of a run; `make chaos` sets them. Without any it is small enough for every day.
var (
	seedFlag    = flag.Uint64("seed", 1, "what chooses moments and victims")
	killsFlag   = flag.Int("kills", 8, "how many processes are killed, at least")
	recordsFlag = flag.Int("records", 20_000, "how many records are produced")
	residency   = flag.String("residency", "", "how long trainers keep the model: Resident, PerInvocation or Carried; without it the seed chooses")
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
	switch history.Residency(*residency) {
	case "", history.ResidencyResident, history.ResidencyPerInvocation, history.ResidencyCarried:
	default:
		fmt.Fprintf(os.Stderr, "-residency %s is none of Resident, PerInvocation, Carried\n", *residency)
		os.Exit(2)
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
