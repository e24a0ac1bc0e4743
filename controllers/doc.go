// Package controllers holds the operator: the reconciler of CreekTrainings, which is the only writer of them.
//
// A pass reads everything once into a scope, runs its phases, each of which brings one kind of object to what is wanted, and at the end
// writes the status, once and only when it changed:
//
//	CreekTraining ─┐                      ┌─▶ validate ─▶ access ─▶ worker ─▶ resize ─▶ revisions ─▶ baseline ─┐
//	Service, pods ─┼─▶ gather ─▶ scope ───┤                                                                    ├─▶ status
//	facts ─────────┘                      └─▶ (being deleted) remove ─▶ wait for pods ─▶ clean ─▶ release ─────┘
//
// What to do is decided by pure functions: builders in package resources, memory limits in package memory, conditions in this package.
// Facts of the dispatcher and of baseline pods come from package observer, which wakes the reconciler when one changed that matters.
package controllers

//go:generate ../hack/tools/run.sh controller-gen rbac:roleName=creek-operator paths=. output:rbac:dir=../config/rbac
