// Package resources builds the objects that a CreekTraining needs: a Knative Service per worker, the baseline's Deployment, the Secret
// with the training's token, and the Role by which the dispatcher reads the training's Secrets. The builders are pure: a training and
// settings in, an object out; no client, no clock, no randomness.
//
// Each builder has a Merge beside it, which brings an object that exists to what is wanted and touches only what Creek owns: Knative's
// webhook, the API server and users add to objects, and whoever overwrites that starts a quarrel without end.
package resources
