// Package integration tests the operator against a real API server, with the rights that its Role gives it in one namespace and no others.
// A small stand-in plays Knative, which is only a set of kinds here, and another one the dispatcher.
package integration
