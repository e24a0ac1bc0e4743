// Command manifests copies into the Helm chart what must not differ from config/: the CRD and the rules of the roles. It is run by
// go generate, after the CRD and the operator's role were made.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

//go:generate go run . ../..

const notice = "# Copied from %s by make generate.\n"

// roles are the files of the chart with the file of config/rbac that each gets its rules from.
var roles = map[string]string{
	"operator-rules.yaml":     "role.yaml",
	"operator-own-rules.yaml": "operator_own_role.yaml",
	"dispatcher-rules.yaml":   "dispatcher_role.yaml",
	"viewer-rules.yaml":       "users/creektraining_viewer_role.yaml",
	"editor-rules.yaml":       "users/creektraining_editor_role.yaml",
	"admin-rules.yaml":        "users/creektraining_admin_role.yaml",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manifests ROOT")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	files := filepath.Join(root, "charts", "creek", "files")
	const crd = "config/crd/bases/training.creek.dev_creektrainings.yaml"
	data, err := os.ReadFile(filepath.Join(root, crd))
	if err != nil {
		return fmt.Errorf("read the CRD: %w", err)
	}
	if err := write(filepath.Join(files, "crd.yaml"), crd, bytes.TrimPrefix(data, []byte("---\n"))); err != nil {
		return err
	}
	for to, from := range roles {
		if err := copyRules(root, "config/rbac/"+from, filepath.Join(files, to)); err != nil {
			return err
		}
	}
	return nil
}

// copyRules writes the list of rules of the one role in a file.
func copyRules(root, from, to string) error {
	data, err := os.ReadFile(filepath.Join(root, from))
	if err != nil {
		return fmt.Errorf("read a role: %w", err)
	}
	var role rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict(data, &role); err != nil {
		return fmt.Errorf("decode the role in %s: %w", from, err)
	}
	if len(role.Rules) == 0 {
		return fmt.Errorf("the role in %s has no rules", from)
	}
	rules, err := yaml.Marshal(role.Rules)
	if err != nil {
		return fmt.Errorf("encode the rules of %s: %w", from, err)
	}
	return write(to, from, rules)
}

func write(file, from string, data []byte) error {
	content := append(fmt.Appendf(nil, notice, from), data...)
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return fmt.Errorf("write into the chart: %w", err)
	}
	return nil
}
