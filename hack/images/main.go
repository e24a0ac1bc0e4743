// Command images builds minimal container images into a tarball and pushes the images of a tarball to a registry.
//
//	images [--arch GOARCH] build OUT.tar REFERENCE=FILE[:PATH][,FILE:PATH...] ...
//	images push FILE.tar REGISTRY
//
// Both print one line an image: reference, digest, compressed bytes, uncompressed bytes. The tarball loads with docker,
// ctr and kind; push keeps the references and puts REGISTRY in place of their own registry.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	flags := flag.NewFlagSet("images", flag.ContinueOnError)
	arch := flags.String("arch", runtime.GOARCH, "`GOARCH` of the programs")
	bundle := flags.String("bundle", "/etc/ssl/certs/ca-certificates.crt", "`file` of trusted certificates put into every image where it exists")
	if err := flags.Parse(os.Args[1:]); err != nil {
		os.Exit(2)
	}
	if err := run(flags.Args(), *arch, *bundle, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}

func run(args []string, arch, bundle string, out io.Writer) error {
	switch {
	case len(args) >= 3 && args[0] == "build":
		return build(args[1], args[2:], arch, bundle, out)
	case len(args) == 3 && args[0] == "push":
		return push(args[1], args[2], out)
	}
	return fmt.Errorf("want build OUT.tar REFERENCE=FILE... or push FILE.tar REGISTRY, got %q", args)
}
