//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// retag moves a tag of the trainer's repository to the image that another repository's own tag names, and returns the tagged name.
func retag(t *testing.T, tag, repository string) string {
	t.Helper()
	manifest, kind := exchange(t, http.MethodGet, repository+"/manifests/dev", nil, "")
	var layers struct {
		Config struct{ Digest string }
		Layers []struct{ Digest string }
	}
	if err := json.Unmarshal(manifest, &layers); err != nil {
		t.Fatal(err)
	}
	blobs := []string{layers.Config.Digest}
	for _, layer := range layers.Layers {
		blobs = append(blobs, layer.Digest)
	}
	for _, digest := range blobs {
		blob, _ := exchange(t, http.MethodGet, repository+"/blobs/"+digest, nil, "")
		exchange(t, http.MethodPost, "moving/blobs/uploads/?digest="+digest, blob, "application/octet-stream")
	}
	exchange(t, http.MethodPut, "moving/manifests/"+tag, manifest, kind)
	return *registry + "/moving:" + tag
}

// exchange makes one request to the image registry.
func exchange(t *testing.T, method, path string, body []byte, kind string) (answer []byte, contentType string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("http://%s/v2/%s", *registry, path), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if method == http.MethodGet {
		request.Header.Set("Accept", "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %v\n%s", method, path, response.Status, err, answer)
	}
	return answer, response.Header.Get("Content-Type")
}
