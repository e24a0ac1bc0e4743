package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// bundlePath is where Go's crypto/x509 looks for trusted certificates first.
const bundlePath = "/etc/ssl/certs/ca-certificates.crt"

// passwd names the users that may occur, for programs that look their own name up.
const passwd = `root:x:0:0:root:/:/sbin/nologin
nonroot:x:65532:65532:nonroot:/:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`

// layerWriter writes a tar stream and makes the folders that its files need, each once.
type layerWriter struct {
	tar     *tar.Writer
	folders map[string]bool
}

func newLayer(files []File) (v1.Layer, error) {
	var body bytes.Buffer
	w := layerWriter{tar: tar.NewWriter(&body), folders: map[string]bool{}}
	if err := w.folder("tmp", 0o1777); err != nil {
		return nil, err
	}
	if err := w.file("etc/passwd", 0o644, []byte(passwd)); err != nil {
		return nil, err
	}
	for _, f := range files {
		content, err := os.ReadFile(f.From)
		if err != nil {
			return nil, fmt.Errorf("file for %s: %w", f.To, err)
		}
		mode := int64(0o755)
		if f.To == bundlePath {
			mode = 0o644
		}
		if err := w.file(strings.TrimPrefix(f.To, "/"), mode, content); err != nil {
			return nil, err
		}
	}
	if err := w.tar.Close(); err != nil {
		return nil, fmt.Errorf("end of the layer: %w", err)
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(body.Bytes())), nil
	})
}

func (w layerWriter) folder(name string, mode int64) error {
	if name == "." || w.folders[name] {
		return nil
	}
	if err := w.folder(path.Dir(name), 0o755); err != nil {
		return err
	}
	w.folders[name] = true
	if err := w.tar.WriteHeader(&tar.Header{Name: name + "/", Typeflag: tar.TypeDir, Mode: mode}); err != nil {
		return fmt.Errorf("folder %s: %w", name, err)
	}
	return nil
}

func (w layerWriter) file(name string, mode int64, content []byte) error {
	if err := w.folder(path.Dir(name), 0o755); err != nil {
		return err
	}
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return fmt.Errorf("file %s: %w", name, err)
	}
	if _, err := w.tar.Write(content); err != nil {
		return fmt.Errorf("file %s: %w", name, err)
	}
	return nil
}
