package driver

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"creek.dev/creek/history"
)

func TestHTTPSender(t *testing.T) {
	answer, _ := json.Marshal(history.Answer{Records: 3})
	tests := map[string]struct {
		token   string
		handler http.HandlerFunc
		status  int
		records int64
		wantErr string
	}{
		"an answer": {"good", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) }, 200, 3, ""},
		"a conflict": {"good", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write(answer)
		}, 409, 3, ""},
		"a token that was changed": {"old", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) }, 200, 3, ""},
		"a proxy's answer": {"good", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no healthy upstream", http.StatusServiceUnavailable)
		}, 0, 0, "status 503"},
		"a redirect": {"good", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, 0, 0, "status 302"},
		"an endless answer": {"good", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(strings.Repeat(" ", answerLimit+10)))
		}, 0, 0, "longer than"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Header.Get("Authorization") != "Bearer good":
					w.WriteHeader(http.StatusUnauthorized)
					_, _ = w.Write([]byte("{}"))
				case r.URL.Path != history.PathTrain || r.Method != http.MethodPost:
					t.Errorf("%s %s", r.Method, r.URL.Path)
				default:
					test.handler(w, r)
				}
			}))
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
			status, got, err := sender.Send(t.Context(), history.Request{Action: history.ActionFlush})
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Fatalf("error %v, want one with %q", err, test.wantErr)
				}
				return
			}
			if err != nil || status != test.status || got.Records != test.records {
				t.Errorf("status %d, %d records, error %v; want %d, %d", status, got.Records, err, test.status, test.records)
			}
		})
	}
}

func TestHTTPSenderWithoutAddress(t *testing.T) {
	sender := &HTTPSender{URL: func() string { return "" }, Token: func(context.Context, string) (string, error) { return "t", nil }, Client: NewClient()}
	if _, _, err := sender.Send(t.Context(), history.Request{}); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("error %v", err)
	}
}
