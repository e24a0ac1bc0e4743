package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"creek.dev/creek/controllers/resources"
)

// The operator may give away only what it has: to let the dispatcher get a Secret it must be allowed to get Secrets itself. It neither
// lists nor watches them. It deletes none of these objects either, but some clusters let only those set an object's owner who may delete
// the object.
//
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;create;patch;delete
// +kubebuilder:rbac:groups=rbac.authorization.k8s.io,resources=roles;rolebindings,verbs=get;list;watch;create;patch;delete

// access is what a training's trainers and its dispatcher need besides pods. Each is nil while it is not there.
type access struct {
	token   *corev1.Secret
	role    *rbacv1.Role
	binding *rbacv1.RoleBinding
}

func (r *Reconciler) gatherAccess(ctx context.Context, s *scope) error {
	var err error
	if s.access.token, err = find[corev1.Secret](ctx, r, s.named(resources.TokenName(s.key.Name))); err != nil {
		return fmt.Errorf("get the training's token: %w", err)
	}
	if s.access.token != nil {
		s.token = string(s.access.token.Data[resources.TokenKey])
	}
	if s.access.role, err = find[rbacv1.Role](ctx, r, s.named(resources.DispatcherRoleName(s.key.Name))); err != nil {
		return fmt.Errorf("get the dispatcher's Role: %w", err)
	}
	if s.access.binding, err = find[rbacv1.RoleBinding](ctx, r, s.named(resources.DispatcherRoleName(s.key.Name))); err != nil {
		return fmt.Errorf("get the dispatcher's RoleBinding: %w", err)
	}
	return nil
}

// reconcileAccess makes the token, once, and lets the dispatcher read the Secrets that this training names. A token that was emptied is
// made anew.
func (r *Reconciler) reconcileAccess(ctx context.Context, s *scope) error {
	token := s.token
	if token == "" {
		token = r.NewToken()
	}
	secret, problem, err := ensure(ctx, r, s, s.access.token, resources.TokenSecret(s.training, token), resources.MergeToken)
	if s.accessProblem = problem; err != nil || problem != nil {
		return err
	}
	s.token = string(secret.Data[resources.TokenKey])
	if _, s.accessProblem, err = ensure(ctx, r, s, s.access.role, resources.DispatcherRole(s.training), resources.MergeRole); err != nil || s.accessProblem != nil {
		return err
	}
	binding := resources.DispatcherBinding(s.training, r.Settings)
	_, s.accessProblem, err = ensure(ctx, r, s, s.access.binding, binding, resources.MergeBinding)
	return err
}
