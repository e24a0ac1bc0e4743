package trainer

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"creek.dev/creek/history"
	"creek.dev/creek/trainer/core"
)

// bodyLimit bounds a request: far above what the entries of one request and a carried state can be, far below what would hurt.
const bodyLimit = 8 << 20

// What is asked of callers before they repeat a request: little where another one is in the way or something may pass, more where a
// limit must be raised first.
const (
	retrySoon  = time.Second
	retryLater = 5 * time.Second
)

// RetryAfter returns how long a caller should wait before it repeats a request that was answered with the status; 0 where it need not, or
// should not repeat it at all.
func RetryAfter(status core.Status) time.Duration {
	switch status {
	case core.StatusBusy, core.StatusUnavailable:
		return retrySoon
	case core.StatusShort:
		return retryLater
	case core.StatusDone, core.StatusRefused, core.StatusElsewhere, core.StatusStopped:
	}
	return 0
}

// Handler returns the trainer's HTTP interface. A trainer that serves facts dispatches to itself and takes no requests of others.
func (t *Trainer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+history.PathReady, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.Handle("GET "+history.PathMetrics, t.metrics.handler())
	if t.facts == nil {
		mux.Handle("POST "+history.PathTrain, t.authorized(t.train))
		return t.bounded(mux)
	}
	mux.Handle("GET "+history.PathFacts, t.authorized(func(w http.ResponseWriter, _ *http.Request) { t.write(w, http.StatusOK, t.facts()) }))
	return t.bounded(mux)
}

// bounded gives requests so long to arrive, those that are refused before they are read too. Where the connection knows no deadlines,
// there are none.
func (t *Trainer) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connection := http.NewResponseController(w)
		_ = connection.SetReadDeadline(time.Now().Add(t.bodyWithin))
		_ = connection.SetWriteDeadline(time.Time{})
		next.ServeHTTP(w, r)
	})
}

// authorized lets through who bears the training's token.
func (t *Trainer) authorized(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch ok, err := t.token.admits(r); {
		case err != nil:
			t.parts.Log.Error("requests are refused: the token cannot be read", "error", err)
			t.refuse(w, http.StatusServiceUnavailable, "", fmt.Errorf("the trainer cannot read its token: %w", err))
		case !ok:
			w.Header().Set("WWW-Authenticate", "Bearer")
			t.refuse(w, http.StatusUnauthorized, "", errors.New("the bearer token is missing or wrong"))
		default:
			next(w, r)
		}
	})
}

func (t *Trainer) train(w http.ResponseWriter, r *http.Request) {
	request, err := readRequest(http.MaxBytesReader(w, r.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		// What is left of the body would be taken for the next request.
		w.Header().Set("Connection", "close")
		t.refuse(w, http.StatusRequestTimeout, "", fmt.Errorf("its body did not arrive within %s", t.bodyWithin))
		return
	case errors.As(err, &tooLarge):
		t.refuse(w, http.StatusRequestEntityTooLarge, "", fmt.Errorf("the body is longer than %d bytes: send fewer entries at once", tooLarge.Limit))
		return
	case err != nil:
		t.refuse(w, http.StatusBadRequest, request.Action, err)
		return
	case request.Namespace != t.options.Namespace || request.Name != t.options.Name:
		t.refuse(w, http.StatusBadRequest, request.Action, fmt.Errorf("this trainer belongs to %s/%s, the request to %s/%s",
			t.options.Namespace, t.options.Name, request.Namespace, request.Name))
		return
	}
	// The body is here, and the work may take longer; a read that is under way meanwhile notices when the caller hangs up.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	status, answer := t.Do(r.Context(), request)
	t.write(w, int(status), answer)
}

// refuse answers a request that was not looked at further.
func (t *Trainer) refuse(w http.ResponseWriter, status int, action history.Action, err error) {
	t.metrics.add(metricRequests, 1, known(action), strconv.Itoa(status))
	problem := history.Problemf(history.ReasonTrainerUnreachable, "The request was refused: %v.", err)
	t.write(w, status, history.Answer{Problem: problem, Trainer: t.identity()})
}

// known keeps what a caller made up out of the metrics' labels.
func known(action history.Action) string {
	switch action {
	case history.ActionTrain, history.ActionFlush, history.ActionPreflight:
		return string(action)
	}
	return "Unknown"
}

func (t *Trainer) write(w http.ResponseWriter, status int, body any) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeWithin))
	w.Header().Set("Content-Type", "application/json")
	if after := RetryAfter(core.Status(status)); after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(after/time.Second)))
	}
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		t.parts.Log.Warn("an answer could not be sent", "status", status, "error", err)
	}
}
