package resources

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/state"
	"creek.dev/creek/stream"
)

// A template is made for an image: an operator of another version makes another one of the same spec, with flags that the image may not
// know. So a training that keeps its image keeps its template whole, as whoever made it left it. What its own spec changes meanwhile cannot
// wait: then the template is made anew, with those flags only that are known to the operator that gave it the image. The other ways were
// worse: trainers that pass over what they do not know help no image that exists already, and hide a misspelt flag; and the part of a
// template that the spec changed cannot be told from what the operator changed without the program that made it.

// pinnedFlags are those by which a pinned trainer is told what others learn from requests.
var pinnedFlags = []string{
	"save-records", "save-interval", "dead-letter-topic", "records-lost", "max-record-age", "parameters", "max-records", "max-bytes", "window",
}

// connecting returns the flags without which no trainer finds anything.
func connecting() []string {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	new(stream.Settings).AddFlags(set)
	new(state.Settings).AddFlags(set)
	names := []string{"namespace", "name", "token-file", "pinned", "lineage"}
	set.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// KnownFlags lists the flags that this operator may give a trainer, and thus the trainer that comes with it knows.
func KnownFlags() []string { return slices.Sorted(slices.Values(append(connecting(), pinnedFlags...))) }

// flagsOf returns the names of the flags of a command line.
func flagsOf(args []string) []string {
	var names []string
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		names = append(names, name)
	}
	return names
}

// FlagsKnownTo returns the flags that the image of an object's template is known to have: those of the operator that gave it the image,
// else those that it runs with, and those without which nothing works.
func FlagsKnownTo(o client.Object, containers []corev1.Container) []string {
	if known := o.GetAnnotations()[AnnotationFlags]; known != "" {
		return strings.Split(known, ",")
	}
	if i := containerIndex(containers); i >= 0 {
		return append(connecting(), flagsOf(containers[i].Args)...)
	}
	return nil
}

// Restrict leaves those arguments to Creek's container that an image knows, and returns the flags of the others. Without known ones all stay.
func Restrict(containers []corev1.Container, known []string) (unknown []string) {
	i := containerIndex(containers)
	if i < 0 || known == nil {
		return nil
	}
	var args []string
	for j, name := range flagsOf(containers[i].Args) {
		if slices.Contains(known, name) {
			args = append(args, containers[i].Args[j])
			continue
		}
		unknown = append(unknown, "--"+name)
	}
	containers[i].Args = args
	return unknown
}

// SameSpec tells whether an object's template was made from the spec, and the Secrets, that the wanted one is made from. A spec that only
// reads otherwise, since the API has fields now that it had not, is the same: its generation is.
func SameSpec(have, want client.Object) bool {
	var was, is madeFrom
	if !was.parse(have) || !is.parse(want) {
		return false
	}
	return was.credentials == is.credentials && (was.digest == is.digest || was.generation == is.generation)
}

// Marked tells whether it is known from which spec an object's template was made.
func Marked(o client.Object) bool { return new(madeFrom).parse(o) }

// madeFrom is what AnnotationMadeFrom holds.
type madeFrom struct {
	generation          int64
	digest, credentials string
}

func (m madeFrom) String() string {
	return fmt.Sprintf("%d %s %s", m.generation, m.digest, m.credentials)
}

func (m *madeFrom) parse(o client.Object) bool {
	n, err := fmt.Sscan(o.GetAnnotations()[AnnotationMadeFrom], &m.generation, &m.digest, &m.credentials)
	return n == 3 && err == nil
}

// KeepMark leaves the mark as it is where another generation is all that would change: no write is worth that.
func KeepMark(have, want client.Object) {
	var was, is madeFrom
	if was.parse(have) && is.parse(want) && was.digest == is.digest && was.credentials == is.credentials {
		want.GetAnnotations()[AnnotationMadeFrom] = was.String()
	}
}

// KeepService makes of what is wanted of a Service what it has, but for the memory, the image and the initial scale.
func KeepService(have, want *servingv1.Service) {
	kept := have.Spec.Template.DeepCopy()
	if !keepContainer(&kept.Spec.PodSpec, &want.Spec.Template.Spec.PodSpec, true) {
		return
	}
	if scale, ok := want.Spec.Template.Annotations[autoscaling.InitialScaleAnnotationKey]; ok {
		kept.Annotations = merged(kept.Annotations, map[string]string{autoscaling.InitialScaleAnnotationKey: scale})
	}
	want.Spec.Template = *kept
	keepAnnotations(have, want)
}

// KeepDeployment makes of what is wanted of a Deployment what it has, but for the number of pods and the image.
func KeepDeployment(have, want *appsv1.Deployment) {
	kept := have.Spec.Template.DeepCopy()
	if !keepContainer(&kept.Spec, &want.Spec.Template.Spec, false) {
		return
	}
	want.Spec.Template = *kept
	keepAnnotations(have, want)
}

func keepAnnotations(have, want client.Object) {
	for _, name := range []string{AnnotationTemplate, AnnotationMadeFrom, AnnotationFlags} {
		if value, ok := have.GetAnnotations()[name]; ok {
			want.GetAnnotations()[name] = value
			continue
		}
		delete(want.GetAnnotations(), name)
	}
}

func keepContainer(kept, want *corev1.PodSpec, resized bool) bool {
	i, j := containerIndex(kept.Containers), containerIndex(want.Containers)
	if i < 0 || j < 0 {
		return false
	}
	container, wanted := kept.Containers[i], want.Containers[j]
	container.Image = wanted.Image
	if resized {
		memory := func(list corev1.ResourceList) corev1.ResourceList {
			return corev1.ResourceList{corev1.ResourceMemory: list[corev1.ResourceMemory]}
		}
		setMemory(&container, &corev1.Container{Resources: corev1.ResourceRequirements{
			Requests: memory(wanted.Resources.Requests), Limits: memory(wanted.Resources.Limits),
		}})
	}
	kept.Containers = []corev1.Container{container}
	return true
}
