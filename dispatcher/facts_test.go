package dispatcher

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"creek.dev/creek/history"
)

func writeIdentity(t *testing.T, directory, token string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	files := map[string][]byte{
		fileCertificate: certificate, fileKey: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), fileToken: []byte(token + "\n"),
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(directory, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	return roots
}

func TestFactsAreServedOverTLSToTheToken(t *testing.T) {
	directory := t.TempDir()
	registry := NewRegistry(nil, Openers{}, slog.New(slog.DiscardHandler))
	server := NewFactsServer(registry, "", directory, slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- server.Serve(ctx, listener) }()
	if err := server.Ready(); err == nil {
		t.Error("ready without a certificate")
	}
	roots := writeIdentity(t, directory, "right")
	httpClient := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}}
	tests := map[string]int{"Bearer right": 200, "Bearer wrong": 401, "": 401, "right": 401}
	for header, want := range tests {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+listener.Addr().String()+history.PathFacts, nil)
		request.Header.Set("Authorization", header)
		response, err := httpClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var answer map[string][]history.Facts
		decodeErr := json.NewDecoder(response.Body).Decode(&answer)
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%q: status %d, want %d", header, response.StatusCode, want)
		}
		if want == 200 && (decodeErr != nil || answer["trainings"] == nil) {
			t.Errorf("%q: %v, %v; want an empty list of trainings", header, answer, decodeErr)
		}
	}
	if err := server.Ready(); err != nil {
		t.Errorf("not ready: %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestIdentityIsReadAgainWhenItChanges(t *testing.T) {
	directory := t.TempDir()
	writeIdentity(t, directory, "one")
	id := &identity{directory: directory}
	allowed := func(token string) bool {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		request.Header.Set("Authorization", "Bearer "+token)
		return id.allows(request)
	}
	if !allowed("one") || allowed("two") {
		t.Error("the first token is not the one that counts")
	}
	writeIdentity(t, directory, "two")
	id.readAt = id.readAt.Add(-identityAge)
	if allowed("one") || !allowed("two") {
		t.Error("the new token does not count")
	}
	if err := os.Remove(filepath.Join(directory, fileKey)); err != nil {
		t.Fatal(err)
	}
	id.readAt = id.readAt.Add(-identityAge)
	if !allowed("two") {
		t.Error("what was good is forgotten while the files are being replaced")
	}
}

func TestMetricsFollowTheTrainings(t *testing.T) {
	c := newCluster(t)
	gatherer := prometheus.NewPedanticRegistry()
	gatherer.MustRegister(NewCollector(c.registry))
	object := newTraining("clicks")
	c.registry.Apply(object)
	families, err := gatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, family := range families {
		if family.GetHelp() == "" {
			t.Errorf("%s is not described", family.GetName())
		}
		for _, m := range family.GetMetric() {
			found[family.GetName()] = m.GetGauge().GetValue() + m.GetCounter().GetValue()
			if labels := m.GetLabel(); len(labels) == 2 && (labels[0].GetValue() != "clicks" || labels[1].GetValue() != "shop") {
				t.Errorf("%s has the labels %v", family.GetName(), labels)
			}
		}
	}
	if lag, ok := found["creek_dispatcher_lag"]; !ok || lag != 0 || found["creek_dispatcher_trainings"] != 1 {
		t.Errorf("metrics %v, want a lag of 0 and one training", found)
	}
	c.registry.Close()
	families, err = gatherer.Gather()
	if err != nil || len(families) != 1 {
		t.Errorf("%d families are left after the training went, want 1 (%v)", len(families), err)
	}
	if got := len(Metrics()); got != len(measuredMetrics)+1 {
		t.Errorf("%d metrics are documented", got)
	}
}
