package trainer

import (
	"context"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/state"
	"creek.dev/creek/trainer/core"
)

// preflightWithin bounds a preflight that names no budget.
const preflightWithin = 20 * time.Second

// durabilityChecker is what a preflight asks a store.
type durabilityChecker interface {
	Durability(ctx context.Context) (state.Durability, string, error)
}

// preflight opens Kafka and the store from here and checks that the expected model can be built, so that a training is called ready
// only after its own pod saw everything work.
func preflight(ctx context.Context, parts Parts, request history.Request) (core.Status, state.Durability, *history.Problem) {
	within := preflightWithin
	if request.BudgetMillis > 0 {
		within = time.Duration(request.BudgetMillis) * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if request.Expect != nil {
		if problem := core.CheckSpec(*request.Expect); problem != nil {
			return core.StatusStopped, "", problem
		}
	}
	var durability state.Durability
	if checker, ok := parts.Store.(durabilityChecker); ok {
		var err error
		if durability, _, err = checker.Durability(ctx); err != nil {
			return core.StatusUnavailable, "", storeProblem("be asked for its durability", err)
		}
	}
	if request.Topic != "" {
		if _, err := parts.Source.Topic(ctx, request.Topic); err != nil {
			return core.StatusUnavailable, durability, sourceProblem(err)
		}
	}
	return core.StatusDone, durability, nil
}
