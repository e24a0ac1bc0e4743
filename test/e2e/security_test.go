//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"creek.dev/creek/history"
)

// TestKeepsToItsRights checks who may do what. That pods run under the restricted Pod Security level is what every test's namespace
// enforces.
func TestKeepsToItsRights(t *testing.T) {
	t.Parallel()
	ns, topic := namespace(t), newTopic(t, 1)
	ckt := training(ns, "guarded", topic)
	create(t, ckt)
	produceSEA(t, topic, 1, 0, 100)
	pod := awake(t, ckt)
	until(t, ckt, "stored checkpoint", stored(100))

	for what, token := range map[string]string{"no token": "", "a wrong token": "Bearer wrong"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+pod.Status.PodIP+":8080"+history.PathTrain, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: the trainer answers %s, want 401", what, answer.Status)
		}
	}
	for secret, want := range map[string]bool{"redis": true, "guarded-token": true, "unnamed": false, "": false} {
		if got := dispatcherMayRead(t, ns, secret); got != want {
			t.Errorf("the dispatcher may read the Secret %q: %v, want %v", secret, got, want)
		}
	}
}

// dispatcherMayRead asks the API server what the dispatcher's service account may do. An empty name stands for all Secrets.
func dispatcherMayRead(t *testing.T, ns, name string) bool {
	t.Helper()
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User:               "system:serviceaccount:" + systemNamespace + ":creek-dispatcher",
		Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + systemNamespace, "system:authenticated"},
		ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: ns, Verb: "get", Resource: "secrets", Name: name},
	}}
	answer, err := typed.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), review, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status.Allowed
}
