// Package image makes minimal container images: one layer with static programs, no base image, no shell, a user that is not root.
package image

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// User is the numeric user and group that images run as; Kubernetes can tell from a number that it is not root.
const User = "65532:65532"

// File is one file of an image: where it is read from, and its absolute path in the image.
type File struct {
	From, To string
}

// Spec describes one image. The first file is its entry point.
type Spec struct {
	Tag   name.Tag
	Files []File
}

// ParseSpec reads REFERENCE=FILE[:PATH][,FILE:PATH...]. The path of the first file is /NAME of the file where it is left out.
func ParseSpec(arg string) (Spec, error) {
	reference, list, ok := strings.Cut(arg, "=")
	if !ok || list == "" {
		return Spec{}, fmt.Errorf("image %q: want REFERENCE=FILE[:PATH][,FILE:PATH...]", arg)
	}
	tag, err := name.NewTag(reference, name.StrictValidation)
	if err != nil {
		return Spec{}, fmt.Errorf("image %q: %w", arg, err)
	}
	spec := Spec{Tag: tag}
	for i, item := range strings.Split(list, ",") {
		from, to, ok := strings.Cut(item, ":")
		if !ok && i == 0 {
			to = "/" + path.Base(from)
		}
		if from == "" || !path.IsAbs(to) {
			return Spec{}, fmt.Errorf("image %q: file %q: want FILE:/ABSOLUTE/PATH", arg, item)
		}
		spec.Files = append(spec.Files, File{From: from, To: path.Clean(to)})
	}
	return spec, nil
}

// Options are what images have in common.
type Options struct {
	// Architecture is the GOARCH of the programs.
	Architecture string
	// Bundle is the file of trusted certificates that every image gets; none where it is empty or does not exist.
	Bundle string
}

// Build makes the image. It depends on the content of the files alone, never on their times or owners, so the same
// programs give the same digest.
func Build(spec Spec, options Options) (v1.Image, error) {
	files := spec.Files
	if _, err := os.Stat(options.Bundle); options.Bundle != "" && err == nil {
		files = append(slices.Clip(files), File{From: options.Bundle, To: bundlePath})
	}
	layer, err := newLayer(files)
	if err != nil {
		return nil, fmt.Errorf("layer of image %s: %w", spec.Tag, err)
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", spec.Tag, err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("configuration of image %s: %w", spec.Tag, err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", options.Architecture
	config.Config = v1.Config{
		Entrypoint: []string{spec.Files[0].To},
		User:       User,
		WorkingDir: "/",
	}
	return mutate.ConfigFile(image, config)
}
