package controllers

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"creek.dev/creek/controllers/resources"
)

// missingInterval is how often Secrets that are missing are looked for: they are not watched.
const missingInterval = 15 * time.Second

// gatherSecrets reads the Secrets that the training names, each by a GET by name.
func (r *Reconciler) gatherSecrets(ctx context.Context, s *scope) error {
	for _, group := range []struct {
		secrets []resources.SecretKeys
		missing *[]string
	}{
		{resources.SourceSecrets(s.training), &s.sourceMissing},
		{resources.StateSecrets(s.training), &s.stateMissing},
	} {
		for _, wanted := range group.secrets {
			missing, err := r.lookAtSecret(ctx, s, wanted)
			if err != nil {
				return err
			}
			if missing != "" {
				*group.missing = append(*group.missing, missing)
				s.again(missingInterval)
			}
		}
	}
	return nil
}

// lookAtSecret says in words what is missing of a Secret, and notes which optional keys it has.
func (r *Reconciler) lookAtSecret(ctx context.Context, s *scope, wanted resources.SecretKeys) (string, error) {
	secret, err := find[corev1.Secret](ctx, r, s.named(wanted.Name))
	if err != nil {
		return "", fmt.Errorf("get Secret %s of %s: %w", wanted.Name, wanted.Field, err)
	}
	if secret == nil {
		// What it holds is not known for a while; that is no reason to change pods.
		s.credentials.RedisUsername = s.credentials.RedisUsername || s.mountsOptional(wanted)
		return fmt.Sprintf("Secret %s, named by %s, does not exist: create it.", wanted.Name, wanted.Field), nil
	}
	for _, key := range wanted.Optional {
		if len(secret.Data[key]) > 0 {
			s.credentials.RedisUsername = true
		}
	}
	for _, key := range wanted.Keys {
		if len(secret.Data[key]) == 0 {
			return fmt.Sprintf("Secret %s, named by %s, has no key %s, or it is empty: add it.", wanted.Name, wanted.Field, key), nil
		}
	}
	return "", nil
}

// mountsOptional tells whether the pods that are there, or would be, mount the optional keys of a Secret.
func (s *scope) mountsOptional(wanted resources.SecretKeys) bool {
	return (s.service != nil && resources.MountsOptional(s.service.Spec.Template.Spec.Volumes, wanted)) ||
		(s.deployment != nil && resources.MountsOptional(s.deployment.Spec.Template.Spec.Volumes, wanted))
}
