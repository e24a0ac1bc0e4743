// Command registry serves an image registry over plain HTTP, for a cluster that nothing leads out of.
//
//	registry --listen ADDRESS --dir FOLDER
//
// Blobs are kept in the folder; manifests are kept in memory, so images are pushed again after a restart (blobs are not).
package main

import (
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:5000", "`address` to listen on")
	dir := flag.String("dir", "", "`folder` of the blobs (default: memory)")
	flag.Parse()

	blobs := registry.NewInMemoryBlobHandler()
	if *dir != "" {
		if err := os.MkdirAll(*dir, 0o750); err != nil {
			fail(err)
		}
		blobs = registry.NewDiskBlobHandler(*dir)
	}
	server := http.Server{
		Addr:              *listen,
		Handler:           registry.New(registry.WithBlobHandler(blobs)),
		ReadHeaderTimeout: 10 * time.Second,
	}
	slog.Info("registry listens", "address", *listen, "dir", *dir)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fail(err)
	}
}

func fail(err error) {
	slog.Error("registry ends", "error", err)
	os.Exit(1)
}
