// Package e2e tests Creek on the real cluster that `make cluster` boots: Knative, Kafka and Redis are the real ones, and every test
// applies CreekTrainings as a user would and waits on conditions. `make e2e` runs it; the build tag e2e keeps it out of `go test ./...`.
package e2e
