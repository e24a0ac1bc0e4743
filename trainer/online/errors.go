package online

import (
	"errors"
	"fmt"
	"strings"

	"creek.dev/creek/trainer/online/parameter"
)

// ParameterError says which parameter cannot be used, its value, and the range
// of values that can.
type ParameterError = parameter.Error

// NameError says that Field names something that does not exist, and what does.
type NameError struct {
	Field string
	Name  string
	Known []string
}

// Error lists the names that are known.
func (e *NameError) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("%s is missing; known are %s", e.Field, strings.Join(e.Known, ", "))
	}
	return fmt.Sprintf("%s %q is not known; known are %s", e.Field, e.Name, strings.Join(e.Known, ", "))
}

// ConfigError says why a Field other than a parameter or a name cannot be used.
type ConfigError struct {
	Field  string
	Reason string
}

// Error names the field and the reason.
func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }

// The ways in which a state can be refused; the error that wraps one says more.
var (
	// ErrNotState says that the bytes are no state of this package.
	ErrNotState = errors.New("not a model state")
	// ErrCorrupt says that the bytes are a damaged state.
	ErrCorrupt = errors.New("the model state is damaged")
	// ErrVersion says that the state is of a format or numerics version that
	// this build does not have.
	ErrVersion = errors.New("the model state is of another version")
	// ErrConfig says that the state belongs to a model with another Config.
	ErrConfig = errors.New("the model state belongs to another configuration")
)
