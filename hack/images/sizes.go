package main

import (
	"fmt"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func openFile(file string) (io.ReadCloser, error) { return os.Open(file) }

// sizes returns the bytes of an image's layers as they are sent and as they are unpacked.
func sizes(built v1.Image) (compressed, uncompressed int64, err error) {
	layers, err := built.Layers()
	if err != nil {
		return 0, 0, err
	}
	for _, layer := range layers {
		sent, err := layer.Size()
		if err != nil {
			return 0, 0, err
		}
		stream, err := layer.Uncompressed()
		if err != nil {
			return 0, 0, err
		}
		unpacked, err := io.Copy(io.Discard, stream)
		if err := closeAfter(stream, err); err != nil {
			return 0, 0, fmt.Errorf("unpacking a layer: %w", err)
		}
		compressed += sent
		uncompressed += unpacked
	}
	return compressed, uncompressed, nil
}

func closeAfter(stream io.Closer, err error) error {
	if closeErr := stream.Close(); err == nil {
		err = closeErr
	}
	return err
}
