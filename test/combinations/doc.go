// Package combinations holds what each pair of a delivery and a residency does with the same history: the same.
package combinations
