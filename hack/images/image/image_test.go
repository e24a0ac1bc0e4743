package image_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"creek.dev/creek/hack/images/image"
)

func TestParseSpec(t *testing.T) {
	tests := map[string]struct {
		arg, wantFiles, wantErr string
	}{
		"name of the file":       {arg: "reg:5000/creek:v1=out/creek", wantFiles: "out/creek>/creek"},
		"paths given":            {arg: "reg:5000/a:v1=x:/bin/x,lib.so:/lib/lib.so", wantFiles: "x>/bin/x lib.so>/lib/lib.so"},
		"path that climbs":       {arg: "reg:5000/a:v1=x:/../x", wantFiles: "x>/x"},
		"no file":                {arg: "reg:5000/a:v1", wantErr: "want REFERENCE=FILE"},
		"no tag":                 {arg: "reg:5000/a=x", wantErr: "reg:5000/a"},
		"relative path":          {arg: "reg:5000/a:v1=x:bin/x", wantErr: "want FILE:/ABSOLUTE/PATH"},
		"second file, no path":   {arg: "reg:5000/a:v1=x,y", wantErr: "want FILE:/ABSOLUTE/PATH"},
		"reference not possible": {arg: "reg:5000/A B:v1=x", wantErr: "A B"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			spec, err := image.ParseSpec(tt.arg)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("error = %v, want one with %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var files []string
			for _, f := range spec.Files {
				files = append(files, f.From+">"+f.To)
			}
			if got := strings.Join(files, " "); got != tt.wantFiles {
				t.Errorf("files = %q, want %q", got, tt.wantFiles)
			}
		})
	}
}

// TestBuild holds the promise that digests follow content: pods are pinned by digest, and a build that changed nothing must not roll anything out.
func TestBuild(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string, at time.Time) string {
		file := filepath.Join(folder, name)
		if err := errors.Join(os.WriteFile(file, []byte(content), 0o600), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	options := image.Options{Architecture: "arm64", Bundle: write("bundle", "certificates", time.Unix(9, 0))}
	first := build(t, write("a", "program", time.Unix(1, 0)), options)
	second := build(t, write("b", "program", time.Unix(2, 0)), options)
	other := build(t, write("c", "another program", time.Unix(1, 0)), options)
	if digest(t, first) != digest(t, second) {
		t.Error("two builds of one program differ")
	}
	if digest(t, first) == digest(t, other) {
		t.Error("two programs have one digest")
	}

	config, err := first.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if got := config.Config.Entrypoint; len(got) != 1 || got[0] != "/main" {
		t.Errorf("entry point = %q", got)
	}
	if config.Config.User != "65532:65532" || config.OS != "linux" || config.Architecture != "arm64" {
		t.Errorf("user %q, %s/%s", config.Config.User, config.OS, config.Architecture)
	}
	want := "tmp etc etc/passwd main etc/ssl etc/ssl/certs etc/ssl/certs/ca-certificates.crt"
	if got := strings.Join(contents(t, first), " "); got != want {
		t.Errorf("contents = %q, want %q", got, want)
	}
}

func build(t *testing.T, file string, options image.Options) v1.Image {
	t.Helper()
	spec, err := image.ParseSpec("registry:5000/test:v1=" + file + ":/main")
	if err != nil {
		t.Fatal(err)
	}
	built, err := image.Build(spec, options)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func digest(t *testing.T, i v1.Image) v1.Hash {
	t.Helper()
	hash, err := i.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func contents(t *testing.T, i v1.Image) []string {
	t.Helper()
	stream := mutate.Extract(i)
	defer stream.Close()
	var names []string
	for r := tar.NewReader(stream); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
}
