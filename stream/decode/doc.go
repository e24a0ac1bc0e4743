// Package decode turns the bytes of a record into a row of numbers and a class.
// It is pure: what it returns, errors included, depends on the bytes and the
// Format alone.
package decode
