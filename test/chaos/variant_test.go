package chaos

import (
	"creek.dev/creek/history"
	"creek.dev/creek/state"
)

// What may be chosen: twelve seeds in a row see every combination once.
var (
	residencies = []history.Residency{history.ResidencyPerInvocation, history.ResidencyResident, history.ResidencyCarried}
	deliveries  = []history.Delivery{history.DeliveryPull, history.DeliveryPush}
	stores      = []string{state.TypeRedis, state.TypeS3}
)

// chosen is what was asked for, else what the number chooses.
func chosen[T ~string](asked string, values []T, number uint64) T {
	if asked != "" {
		return T(asked)
	}
	return values[number%uint64(len(values))]
}

func names[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}
