package driver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"creek.dev/creek/history"
)

func TestHTTPSender(t *testing.T) {
	answer, _ := json.Marshal(history.Answer{Records: 3, Trainer: history.TrainerFacts{Instance: "i"}})
	says := func(status int, header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set("Retry-After", header)
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	type want struct {
		status  int
		records int64
		after   time.Duration
		message string
		err     string
	}
	tests := map[string]struct {
		token   string
		handler http.HandlerFunc
		want    want
	}{
		"an answer":                {"good", says(200, "", string(answer)), want{200, 3, 0, "", ""}},
		"a conflict":               {"good", says(409, "", string(answer)), want{409, 3, 0, "", ""}},
		"busy":                     {"good", says(429, "7", string(answer)), want{429, 3, 7 * time.Second, "", ""}},
		"a token that was changed": {"old", says(200, "", string(answer)), want{200, 3, 0, "", ""}},
		"a proxy's answer":         {"good", says(503, "", "no healthy upstream"), want{503, 0, 0, `activator, answered with status 503: "no healthy upstream"`, ""}},
		"one that asks to wait":    {"good", says(503, "2", ""), want{503, 0, 2 * time.Second, "status 503", ""}},
		"a gateway's":              {"good", says(502, "soon", "<html>"), want{502, 0, 0, "No trainer could be reached", ""}},
		"a gateway's in JSON":      {"good", says(504, "-5", `{"error":"upstream"}`), want{504, 0, 0, "No trainer could be reached", ""}},
		"a stranger's":             {"good", says(200, "", "<html>welcome"), want{200, 0, 0, "not as a trainer does", ""}},
		"a redirect": {
			"good", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
			want{302, 0, 0, "status 302", ""},
		},
		"an endless answer": {"good", says(200, "", strings.Repeat(" ", answerLimit+10)), want{0, 0, 0, "", "longer than"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(guarded(t, test.handler))
			defer server.Close()
			sender := &HTTPSender{
				URL: func() string { return server.URL + "/" }, Client: NewClient(),
				Token: func(_ context.Context, refused string) (string, error) {
					if refused == test.token {
						return "good", nil
					}
					return test.token, nil
				},
			}
			reply, err := sender.Send(t.Context(), history.Request{Action: history.ActionFlush})
			if text := fmt.Sprint(err); test.want.err != "" && !strings.Contains(text, test.want.err) || test.want.err == "" && err != nil {
				t.Fatalf("error %v, want one with %q", err, test.want.err)
			}
			got := want{reply.Status, reply.Answer.Records, reply.RetryAfter, test.want.message, test.want.err}
			if got != test.want || !strings.Contains(reply.Message, test.want.message) || test.want.message == "" && reply.Message != "" {
				t.Errorf("%+v, %q; want %+v", got, reply.Message, test.want)
			}
		})
	}
}

// guarded lets only requests of a sender with the good token through.
func guarded(t *testing.T, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer good":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte("{}"))
		case r.URL.Path != history.PathTrain || r.Method != http.MethodPost:
			t.Errorf("%s %s", r.Method, r.URL.Path)
		default:
			next(w, r)
		}
	})
}

func TestRetryAfterAsAMoment(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"Sun, 01 Mar 2026 12:00:09 GMT": 9 * time.Second, "Sun, 01 Mar 2026 11:00:00 GMT": 0, "3": 3 * time.Second, "99999999999": 0, "": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestHTTPSenderWithoutAddress(t *testing.T) {
	sender := &HTTPSender{URL: func() string { return "" }, Token: func(context.Context, string) (string, error) { return "t", nil }, Client: NewClient()}
	if _, err := sender.Send(t.Context(), history.Request{}); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("error %v", err)
	}
}
