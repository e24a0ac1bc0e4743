// Package repository holds tests of the work tree itself: what the Dockerfile makes, how large files and functions are, what the pure
// cores import, and whether the commands that the documents name are there.
package repository
