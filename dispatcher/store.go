package dispatcher

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/state"
)

// StateConfig returns how to reach the store of a training's state, with its Secrets read now through reader.
func StateConfig(ctx context.Context, reader client.Reader, t *v1alpha1.CreekTraining) (state.Config, error) {
	return secrets{reader: reader, namespace: t.Namespace}.store(ctx, t.Spec.State)
}
