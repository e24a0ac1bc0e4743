package resources

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
)

// MergeMeta gives an object the labels, annotations and controller that are wanted. Others stay.
func MergeMeta(have, want metav1.Object) {
	if labels := want.GetLabels(); !contains(have.GetLabels(), labels) {
		have.SetLabels(merged(have.GetLabels(), labels))
	}
	if annotations := want.GetAnnotations(); !contains(have.GetAnnotations(), annotations) {
		have.SetAnnotations(merged(have.GetAnnotations(), annotations))
	}
	if metav1.GetControllerOf(have) == nil {
		have.SetOwnerReferences(append(have.GetOwnerReferences(), want.GetOwnerReferences()...))
	}
}

// MergeService gives a Knative Service what Creek owns of it. While the template is the same but for the initial scale, that stays as it
// is: it concerns new Revisions only, and changing it would make one for nothing.
func MergeService(have, want *servingv1.Service) {
	from, to := &have.Spec.Template, want.Spec.Template.DeepCopy()
	other := have.Annotations[AnnotationTemplate] != want.Annotations[AnnotationTemplate]
	if scale, ok := from.Annotations[autoscaling.InitialScaleAnnotationKey]; ok && !other && sameTemplate(from, to) {
		to.Annotations[autoscaling.InitialScaleAnnotationKey] = scale
	}
	if other {
		// Keys that are wanted no longer have to go; what is not ours has no place in a template that is made anew.
		from.Labels, from.Annotations = to.Labels, to.Annotations
	}
	from.Labels, from.Annotations = merged(from.Labels, to.Labels), merged(from.Annotations, to.Annotations)
	from.Spec.ContainerConcurrency = to.Spec.ContainerConcurrency
	from.Spec.TimeoutSeconds = to.Spec.TimeoutSeconds
	from.Spec.ResponseStartTimeoutSeconds = to.Spec.ResponseStartTimeoutSeconds
	mergePod(&from.Spec.PodSpec, &to.Spec.PodSpec)
	MergeMeta(have, want)
}

// sameTemplate tells whether the template that is wanted brings neither another memory limit nor another image.
func sameTemplate(have, want *servingv1.RevisionTemplateSpec) bool {
	i, j := containerIndex(have.Spec.Containers), containerIndex(want.Spec.Containers)
	return i >= 0 && j >= 0 && have.Spec.Containers[i].Image == want.Spec.Containers[j].Image &&
		MemoryLimit(have.Spec.Containers) == MemoryLimit(want.Spec.Containers)
}

// MergeDeployment gives a Deployment what Creek owns of it.
func MergeDeployment(have, want *appsv1.Deployment) {
	have.Spec.Replicas = want.Spec.Replicas
	if have.Spec.Strategy.Type != want.Spec.Strategy.Type {
		have.Spec.Strategy = want.Spec.Strategy
	}
	template := &have.Spec.Template
	if !equality.Semantic.DeepEqual(template.Labels, want.Spec.Template.Labels) {
		template.Labels = want.Spec.Template.Labels
	}
	template.Annotations = merged(template.Annotations, want.Spec.Template.Annotations)
	template.Spec.TerminationGracePeriodSeconds = want.Spec.Template.Spec.TerminationGracePeriodSeconds
	mergePod(&template.Spec, &want.Spec.Template.Spec)
	MergeMeta(have, want)
}

// MergeRole gives a Role its rules.
func MergeRole(have, want *rbacv1.Role) {
	if !equality.Semantic.DeepEqual(have.Rules, want.Rules) {
		have.Rules = want.Rules
	}
	MergeMeta(have, want)
}

// MergeBinding gives a RoleBinding its subjects. What it binds to cannot change.
func MergeBinding(have, want *rbacv1.RoleBinding) {
	if !equality.Semantic.DeepEqual(have.Subjects, want.Subjects) {
		have.Subjects = want.Subjects
	}
	MergeMeta(have, want)
}

func mergePod(have, want *corev1.PodSpec) {
	i := containerIndex(have.Containers)
	if i < 0 {
		have.Containers = append(have.Containers, want.Containers...)
	} else {
		mergeContainer(&have.Containers[i], &want.Containers[0])
	}
	for _, volume := range want.Volumes {
		j := slices.IndexFunc(have.Volumes, func(v corev1.Volume) bool { return v.Name == volume.Name })
		switch {
		case j < 0:
			have.Volumes = append(have.Volumes, volume)
		case !sameVolume(have.Volumes[j], volume):
			have.Volumes[j] = volume
		}
	}
	have.Volumes = slices.DeleteFunc(have.Volumes, func(v corev1.Volume) bool { return abandoned(v, want.Volumes) })
	have.ServiceAccountName = want.ServiceAccountName
	have.AutomountServiceAccountToken = want.AutomountServiceAccountToken
	have.EnableServiceLinks = want.EnableServiceLinks
	if !equality.Semantic.DeepEqual(have.ImagePullSecrets, want.ImagePullSecrets) {
		have.ImagePullSecrets = want.ImagePullSecrets
	}
}

// mergeContainer sets what Creek wants of its container. Environment and probes that the cluster filled in stay.
func mergeContainer(have, want *corev1.Container) {
	have.Image, have.Args = want.Image, want.Args
	setMemory(have, want)
	have.VolumeMounts = mounts(have.VolumeMounts, want.VolumeMounts)
	if !equality.Semantic.DeepDerivative(want.SecurityContext, have.SecurityContext) {
		have.SecurityContext = want.SecurityContext
	}
	if !equality.Semantic.DeepDerivative(want.ReadinessProbe, have.ReadinessProbe) {
		have.ReadinessProbe = want.ReadinessProbe
	}
	if len(have.Ports) != 1 || have.Ports[0].ContainerPort != want.Ports[0].ContainerPort {
		have.Ports = want.Ports
	}
}

func setMemory(have, want *corev1.Container) {
	set := func(list *corev1.ResourceList, want corev1.ResourceList) {
		for name, quantity := range want {
			if present, ok := (*list)[name]; ok && present.Cmp(quantity) == 0 {
				continue
			}
			if *list == nil {
				*list = corev1.ResourceList{}
			}
			(*list)[name] = quantity
		}
	}
	set(&have.Resources.Requests, want.Resources.Requests)
	set(&have.Resources.Limits, want.Resources.Limits)
}

// mounts keeps those of others and has ours as they are wanted.
func mounts(have, want []corev1.VolumeMount) []corev1.VolumeMount {
	if equality.Semantic.DeepDerivative(want, have) && len(have) == len(want) {
		return have
	}
	ours := func(m corev1.VolumeMount) bool {
		return slices.ContainsFunc(want, func(w corev1.VolumeMount) bool { return w.Name == m.Name }) || ownVolumes[m.Name]
	}
	return append(slices.Clone(want), slices.DeleteFunc(slices.Clone(have), ours)...)
}

// ownVolumes are the names of the volumes that Creek may have made.
var ownVolumes = map[string]bool{"token": true, "kafka-ca": true, "kafka-cert": true, "kafka-sasl": true, "redis": true, "redis-ca": true}

// abandoned tells whether a volume is one that Creek made and wants no longer.
func abandoned(v corev1.Volume, want []corev1.Volume) bool {
	return ownVolumes[v.Name] && !slices.ContainsFunc(want, func(w corev1.Volume) bool { return w.Name == v.Name })
}

func sameVolume(have, want corev1.Volume) bool {
	return have.Secret != nil && have.Secret.SecretName == want.Secret.SecretName && equality.Semantic.DeepEqual(have.Secret.Items, want.Secret.Items)
}

func containerIndex(containers []corev1.Container) int {
	return slices.IndexFunc(containers, func(c corev1.Container) bool { return c.Name == ContainerName })
}

// contains tells whether a map holds all of another.
func contains(have, want map[string]string) bool {
	for key, value := range want {
		if present, ok := have[key]; !ok || present != value {
			return false
		}
	}
	return true
}

// MergeToken gives a Secret a token when it has none.
func MergeToken(have, want *corev1.Secret) {
	if len(have.Data[TokenKey]) == 0 {
		if have.Data == nil {
			have.Data = map[string][]byte{}
		}
		have.Data[TokenKey] = want.Data[TokenKey]
	}
	MergeMeta(have, want)
}
