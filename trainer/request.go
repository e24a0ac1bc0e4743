package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"creek.dev/creek/history"
)

// readRequest decodes and validates a body: one JSON value without unknown fields, since a field that is passed over would be a promise
// that is not kept. Errors of the reader come through.
func readRequest(body io.Reader) (history.Request, error) {
	var request history.Request
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return request, fmt.Errorf("decode the request: %w", err)
	}
	switch _, err := decoder.Token(); {
	case err == nil:
		return request, errors.New("decode the request: something follows it")
	case !errors.Is(err, io.EOF):
		return request, fmt.Errorf("decode the request: %w", err)
	}
	if err := request.Validate(); err != nil {
		return request, fmt.Errorf("the request cannot be used: %w", err)
	}
	return request, nil
}
