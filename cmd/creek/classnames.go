package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// A model of two classes whose labels anyone can tell, such as false and true, does not name them: its bytes are those of a training
// whose format names none. What creek eval found is then kept in a file beside the saved model, for creek predict.

// classNamesFile is where the names of a saved model's classes are.
func classNamesFile(model string) string { return model + ".classes" }

// saveClassNames keeps the names beside a saved model that does not tell them itself, and else removes what an older one left there.
func saveClassNames(model string, names []string) error {
	if info, err := os.Stat(model); err != nil || !info.Mode().IsRegular() {
		return err // there is nothing beside a device or a pipe
	}
	file := classNamesFile(model)
	if len(names) == 0 || slices.Equal(names, []string{"0", "1"}) {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the names of another model's classes: %w", err)
		}
		return nil
	}
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("write the names of the classes: %w", err)
	}
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("save the names of the classes: %w", err)
	}
	return nil
}

// loadClassNames finds the names beside a model of so many classes, if there are any.
func loadClassNames(model string, classes int) ([]string, error) {
	text, err := os.ReadFile(classNamesFile(model))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the names of the classes: %w", err)
	}
	var names []string
	if err := json.Unmarshal(text, &names); err != nil {
		return nil, fmt.Errorf("read the names of the classes in %s: %w", classNamesFile(model), err)
	}
	if len(names) != classes {
		return nil, fmt.Errorf("%s names %d classes, and the model has %d: remove it, or say --classes", classNamesFile(model), len(names), classes)
	}
	return names, nil
}
