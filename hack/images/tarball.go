package main

import (
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"creek.dev/creek/hack/images/image"
)

// build writes the images that the specs describe into one tarball.
func build(file string, specs []string, arch, bundle string, out io.Writer) error {
	images := map[name.Tag]v1.Image{}
	for _, arg := range specs {
		spec, err := image.ParseSpec(arg)
		if err != nil {
			return err
		}
		built, err := image.Build(spec, image.Options{Architecture: arch, Bundle: bundle})
		if err != nil {
			return err
		}
		images[spec.Tag] = built
		if err := report(spec.Tag, built, out); err != nil {
			return err
		}
	}
	if err := tarball.MultiWriteToFile(file, images); err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	return nil
}

// push copies every image of the tarball to the registry, under the repository and tag that it has in the tarball.
// What the registry has already is not sent again.
func push(file, registry string, out io.Writer) error {
	opener := func() (io.ReadCloser, error) { return openFile(file) }
	manifest, err := tarball.LoadManifest(opener)
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	for _, entry := range manifest {
		for _, reference := range entry.RepoTags {
			from, err := name.NewTag(reference)
			if err != nil {
				return fmt.Errorf("tag in %s: %w", file, err)
			}
			to, err := name.NewTag(registry + "/" + from.RepositoryStr() + ":" + from.TagStr())
			if err != nil {
				return fmt.Errorf("tag for registry %s: %w", registry, err)
			}
			loaded, err := tarball.Image(opener, &from)
			if err != nil {
				return fmt.Errorf("image %s in %s: %w", from, file, err)
			}
			if err := remote.Write(to, loaded); err != nil {
				return fmt.Errorf("pushing %s: %w", to, err)
			}
			if err := report(to, loaded, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// report prints one image: reference, digest, compressed and uncompressed bytes.
func report(tag name.Tag, built v1.Image, out io.Writer) error {
	digest, err := built.Digest()
	if err != nil {
		return fmt.Errorf("digest of %s: %w", tag, err)
	}
	compressed, uncompressed, err := sizes(built)
	if err != nil {
		return fmt.Errorf("size of %s: %w", tag, err)
	}
	_, err = fmt.Fprintln(out, tag, digest, compressed, uncompressed)
	return err
}
