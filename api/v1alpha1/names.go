package v1alpha1

// Finalizer holds a deleted CreekTraining until its pods are gone and its state is removed or kept.
const Finalizer = "training.creek.dev/state"

// Labels that Creek puts on what it makes.
const (
	// LabelManagedBy has the value ManagedBy on every object.
	LabelManagedBy = "app.kubernetes.io/managed-by"
	// LabelName is the name of the CreekTraining.
	LabelName = "training.creek.dev/name"
	// LabelRole is RoleWorker or RoleBaseline.
	LabelRole = "training.creek.dev/role"
	// LabelWorker is the number of the worker, from 0.
	LabelWorker = "training.creek.dev/worker"
)

// Values of labels.
const (
	ManagedBy    = "creek"
	RoleWorker   = "worker"
	RoleBaseline = "baseline"
)
