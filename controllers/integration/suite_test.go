package integration

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"creek.dev/creek/controllers"
)

const (
	root = "../.."
	// soon bounds every wait. It is far above what anything takes, for machines that do much else.
	soon = 60 * time.Second
	tick = 20 * time.Millisecond
)

// server is the API server that all tests share; it is started by the first that needs it.
var server struct {
	once        sync.Once
	environment *envtest.Environment
	admin       client.WithWatch
	config      *rest.Config
	err         error
}

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard())
	code := m.Run()
	if server.environment != nil {
		if err := server.environment.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "stop the API server:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// apiServer returns an all-powerful client of an API server that knows Creek's kinds and not yet Knative's.
func apiServer(t *testing.T) client.WithWatch {
	t.Helper()
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS is not set: no kube-apiserver and etcd to test with")
	}
	server.once.Do(startServer)
	if server.err != nil {
		t.Fatalf("start kube-apiserver and etcd: %v", server.err)
	}
	return server.admin
}

func startServer() {
	server.environment = &envtest.Environment{
		CRDDirectoryPaths:     []string{filepath.Join(root, "config", "crd", "bases")},
		ErrorIfCRDPathMissing: true,
	}
	// An owner's deletion may only be held up by those who may set its finalizers.
	server.environment.ControlPlane.GetAPIServer().Configure().Append("enable-admission-plugins", "OwnerReferencesPermissionEnforcement")
	if server.config, server.err = server.environment.Start(); server.err == nil {
		server.config.QPS = -1
		server.admin, server.err = client.NewWithWatch(server.config, client.Options{Scheme: controllers.Scheme()})
	}
}

// installKnative gives the API server Knative's kinds, from the module that their Go types come from.
func installKnative(t *testing.T) {
	t.Helper()
	apiServer(t)
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "knative.dev/serving").Output()
	if err != nil {
		t.Fatalf("find the module knative.dev/serving: %v", err)
	}
	folder := filepath.Join(strings.TrimSpace(string(out)), "config", "core", "300-resources")
	_, err = envtest.InstallCRDs(server.config, envtest.CRDInstallOptions{
		Paths: []string{filepath.Join(folder, "service.yaml"), filepath.Join(folder, "revision.yaml")}, ErrorIfPathMissing: true,
	})
	if err != nil {
		t.Fatalf("install Knative's kinds: %v", err)
	}
}

// namespace makes a namespace.
func namespace(t *testing.T, name string) {
	t.Helper()
	must(t, server.admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}))
}

// operatorConfig returns the access of a user who may do, in one namespace, what the operator's Role says, and nothing else anywhere.
func operatorConfig(t *testing.T, namespace string) *rest.Config {
	t.Helper()
	user, err := server.environment.AddUser(envtest.User{Name: "operator-of-" + namespace}, nil)
	must(t, err)
	for _, file := range []string{"role.yaml", "operator_own_role.yaml"} {
		data, err := os.ReadFile(filepath.Join(root, "config", "rbac", file))
		must(t, err)
		role := &rbacv1.Role{}
		must(t, yaml.Unmarshal(data, role))
		role.TypeMeta, role.Namespace = metav1.TypeMeta{}, namespace
		must(t, server.admin.Create(t.Context(), role))
		must(t, server.admin.Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: role.Name},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "operator-of-" + namespace}},
		}))
	}
	access := user.Config()
	access.QPS = -1 // The API server is this test's own.
	return access
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until check returns an empty string, and fails with what it returned last.
func eventually(t *testing.T, what string, check func(ctx context.Context) string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		last := check(ctx)
		if last == "" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %s", what, last)
		case <-ticker.C:
		}
	}
}
