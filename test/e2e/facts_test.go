//go:build e2e

package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"creek.dev/creek/api/v1alpha1"
	"creek.dev/creek/history"
)

const (
	systemNamespace = "creek-system"
	factsSecret     = "creek-facts"
	factsService    = "creek-dispatcher"
)

// facts asks the dispatcher what it knows of a training, as the operator does.
func facts(t *testing.T, ckt *v1alpha1.CreekTraining) (history.Facts, error) {
	t.Helper()
	var keys corev1.Secret
	if err := kube.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: factsSecret}, &keys); err != nil {
		return history.Facts{}, err
	}
	var service corev1.Service
	if err := kube.Get(t.Context(), client.ObjectKey{Namespace: systemNamespace, Name: factsService}, &service); err != nil {
		return history.Facts{}, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(keys.Data["ca.crt"])
	web := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: factsService + "." + systemNamespace + ".svc"},
	}}
	defer web.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+service.Spec.ClusterIP+":8443/v1/facts", http.NoBody)
	if err != nil {
		return history.Facts{}, err
	}
	request.Header.Set("Authorization", "Bearer "+string(keys.Data["token"]))
	answer, err := web.Do(request)
	if err != nil {
		return history.Facts{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return history.Facts{}, fmt.Errorf("the dispatcher answers %s", answer.Status)
	}
	var all struct {
		Trainings []history.Facts `json:"trainings"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		return history.Facts{}, err
	}
	for _, one := range all.Trainings {
		if one.Namespace == ckt.Namespace && one.Name == ckt.Name {
			return one, nil
		}
	}
	return history.Facts{}, fmt.Errorf("the dispatcher does not know %s/%s", ckt.Namespace, ckt.Name)
}
