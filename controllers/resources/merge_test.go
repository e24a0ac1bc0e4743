package resources_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"knative.dev/serving/pkg/apis/autoscaling"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"

	trainingv1alpha1 "creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/controllers/resources"
)

// defaulted is a service as it comes back: with what Knative's webhook, the API server and a person added.
func defaulted() *servingv1.Service {
	svc := resources.Service(full(), worker(full(), resources.Credentials{}))
	svc.SetDefaults(context.Background())
	svc.Annotations["serving.knative.dev/creator"] = "someone"
	svc.Labels["added"] = "by hand"
	template := &svc.Spec.Template
	template.Annotations["client.knative.dev/nonce"] = "x"
	template.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "ADDED", Value: "by hand"}}
	template.Spec.Containers[0].Resources.Limits[corev1.ResourceCPU] = *quantity("2")
	template.Spec.Volumes[0].Secret.DefaultMode = new(int32(420))
	return svc
}

func TestMergeServiceLeavesTheAdditionsOfOthers(t *testing.T) {
	have := defaulted()
	resources.MergeService(have, resources.Service(full(), worker(full(), resources.Credentials{})))
	if diff := cmp.Diff(defaulted(), have); diff != "" {
		t.Errorf("merging what is there already changes it (-want +got):\n%s", diff)
	}
}

func TestMergeServiceRepairs(t *testing.T) {
	tests := map[string]func(*servingv1.Service){
		"image": func(s *servingv1.Service) { s.Spec.Template.Spec.Containers[0].Image = "evil" },
		"args": func(s *servingv1.Service) {
			c := &s.Spec.Template.Spec.Containers[0]
			c.Args = append(c.Args, "--more")
		},
		"memory":      func(s *servingv1.Service) { s.Spec.Template.Spec.Containers[0].Resources.Limits = nil },
		"scale":       func(s *servingv1.Service) { s.Spec.Template.Annotations[autoscaling.MaxScaleAnnotationKey] = "9" },
		"concurrency": func(s *servingv1.Service) { s.Spec.Template.Spec.ContainerConcurrency = new(int64(9)) },
		"mount":       func(s *servingv1.Service) { s.Spec.Template.Spec.Containers[0].VolumeMounts = nil },
		"volume":      func(s *servingv1.Service) { v := &s.Spec.Template.Spec.Volumes; *v = (*v)[:len(*v)-1] },
		"privileges": func(s *servingv1.Service) {
			s.Spec.Template.Spec.Containers[0].SecurityContext.RunAsNonRoot = new(false)
		},
		"visibility":     func(s *servingv1.Service) { delete(s.Labels, "networking.knative.dev/visibility") },
		"owner":          func(s *servingv1.Service) { s.OwnerReferences = nil },
		"template label": func(s *servingv1.Service) { s.Spec.Template.Labels["training.creek.dev/name"] = "other" },
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			have := defaulted()
			damage(have)
			want := resources.Service(full(), worker(full(), resources.Credentials{}))
			resources.MergeService(have, want)
			again := have.DeepCopy()
			resources.MergeService(again, want)
			if diff := cmp.Diff(have, again); diff != "" {
				t.Errorf("a second merge changes more (-want +got):\n%s", diff)
			}
			if !equality.Semantic.DeepDerivative(want, have) {
				t.Errorf("not repaired:\n%s", cmp.Diff(want, have))
			}
		})
	}
}

func TestMergeServiceMakesARevisionOnlyForAReason(t *testing.T) {
	one := worker(full(), resources.Credentials{})
	one.InitialScale = 1
	have := defaulted()
	resources.MergeService(have, resources.Service(full(), one))
	if diff := cmp.Diff(defaulted().Spec, have.Spec); diff != "" {
		t.Errorf("another initial scale alone changes the template (-want +got):\n%s", diff)
	}
	one.Memory *= 2
	resources.MergeService(have, resources.Service(full(), one))
	if scale := have.Spec.Template.Annotations[autoscaling.InitialScaleAnnotationKey]; scale != "1" {
		t.Errorf("a new Revision starts at %q pods, want 1", scale)
	}
	if limit := resources.MemoryLimit(have.Spec.Template.Spec.Containers); limit != one.Memory {
		t.Errorf("the limit is %d, want %d", limit, one.Memory)
	}
}

func TestMergeServiceDropsWhatIsWantedNoLonger(t *testing.T) {
	have := defaulted()
	plain := minimal()
	resources.MergeService(have, resources.Service(plain, worker(plain, resources.Credentials{})))
	template := have.Spec.Template
	if _, ok := template.Labels["team"]; ok {
		t.Error("a label that is wanted no longer stays")
	}
	if n, m := len(template.Spec.Volumes), len(template.Spec.Containers[0].VolumeMounts); n != 1 || m != 1 {
		t.Errorf("%d volumes and %d mounts, want the token's alone", n, m)
	}
	if len(template.Spec.Containers[0].Env) != 1 {
		t.Error("what a person added to the container is gone")
	}
}

// TestKnownFlags: an image is known to have every flag that it may be given, and those of others are taken away.
func TestKnownFlags(t *testing.T) {
	known := resources.KnownFlags()
	for _, training := range []*trainingv1alpha1.CreekTraining{full(), onS3()} {
		training.Spec.Baseline = full().Spec.Baseline
		containers := resources.Baseline(training, settings(), resources.Credentials{RedisUsername: true}).Spec.Template.Spec.Containers
		before := slices.Clone(containers[0].Args)
		if unknown := resources.Restrict(containers, known); len(unknown) > 0 || !slices.Equal(containers[0].Args, before) {
			t.Errorf("the operator does not say that it may write %v", unknown)
		}
		if unknown := resources.Restrict(containers, []string{"name", "pinned"}); !slices.Equal(containers[0].Args, []string{"--name=fraud", "--pinned"}) || len(unknown) != len(before)-2 {
			t.Errorf("left of %v: %v", before, containers[0].Args)
		}
	}
}
