// Package tree holds decision trees that learn from streams.
//
// A tree lies in a few slices without pointers: nodes of 16 bytes, of which the
// two children of one lie side by side, heads with what a leaf knows of its
// classes, and blocks with what it has observed of the features of one class.
// Where in the slices something lies depends on the past, but nothing that is
// learned or written depends on where it lies: a state is written by walking
// down the tree.
package tree
