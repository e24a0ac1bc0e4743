// Package api tests the CreekTraining API against a real API server: what it accepts, what it refuses and in which words, what it
// fills in, and that every sample applies.
package api

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// server is the API server that all tests share; it is started by the first that needs it.
var server struct {
	once        sync.Once
	environment *envtest.Environment
	client      client.Client
	err         error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if server.environment != nil {
		if err := server.environment.Stop(); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// apiServer returns a client of an API server that knows Creek's kinds.
func apiServer(t *testing.T) client.Client {
	t.Helper()
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: no kube-apiserver and etcd to test with")
	}
	server.once.Do(func() {
		if startServer(); server.err != nil {
			t.Errorf("start kube-apiserver and etcd: %v", server.err)
		}
	})
	if server.err != nil {
		t.FailNow()
	}
	return server.client
}

func startServer() {
	server.environment = &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join("..", "..", "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
	}
	config, err := server.environment.Start()
	if err != nil {
		server.err = err
		return
	}
	server.client, server.err = client.New(config, client.Options{})
}

// dryRun creates the object without keeping it, and returns it as the server would have stored it.
func dryRun(ctx context.Context, c client.Client, object client.Object) error {
	return c.Create(ctx, object, client.DryRunAll)
}
