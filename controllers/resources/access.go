package resources

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
)

// TokenSecret returns the Secret with the token that requests to the training's trainers must carry.
func TokenSecret(t *trainingv1alpha1.CreekTraining, token string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: meta(t, TokenName(t.Name), Labels(t.Name)),
		Type:       corev1.SecretTypeOpaque,
		Data:       map[string][]byte{TokenKey: []byte(token)},
	}
}

// DispatcherRole returns the Role that lets its bearer read the Secrets that the training names, and no other.
func DispatcherRole(t *trainingv1alpha1.CreekTraining) *rbacv1.Role {
	names := []string{TokenName(t.Name)}
	for _, secret := range append(SourceSecrets(t), StateSecrets(t)...) {
		names = append(names, secret.Name)
	}
	slices.Sort(names)
	return &rbacv1.Role{
		ObjectMeta: meta(t, DispatcherRoleName(t.Name), Labels(t.Name)),
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: slices.Compact(names), Verbs: []string{"get"}}},
	}
}

// DispatcherBinding gives the dispatcher that Role.
func DispatcherBinding(t *trainingv1alpha1.CreekTraining, s Settings) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: meta(t, DispatcherRoleName(t.Name), Labels(t.Name)),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: DispatcherRoleName(t.Name)},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: s.Dispatcher.Namespace, Name: s.Dispatcher.Name}},
	}
}
