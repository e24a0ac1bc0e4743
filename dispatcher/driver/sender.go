package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"creek.dev/creek/history"
)

// answerLimit bounds the bytes of an answer.
const answerLimit = 8 << 20

// HTTPSender is a Sender that posts to a trainer's server.
type HTTPSender struct {
	// URL is the server's address without a path, read for every request; an empty one is an error.
	URL func() string
	// Token returns the training's token. refused is one that the trainer refused just before, empty at first: a cached token that
	// equals it must be read again.
	Token func(ctx context.Context, refused string) (string, error)
	// Client may be shared by all senders of a process; see NewClient.
	Client *http.Client
}

// NewClient returns a client that keeps connections for reuse, and has no deadline of its own.
func NewClient() *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: 90 * time.Second, DisableCompression: true,
		},
		// A redirect would lose the body.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Send implements Sender. A refused token is read again once.
func (s *HTTPSender) Send(ctx context.Context, request history.Request) (int, history.Answer, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return 0, history.Answer{}, fmt.Errorf("encode a request: %w", err)
	}
	token, err := s.Token(ctx, "")
	if err != nil {
		return 0, history.Answer{}, err
	}
	status, answer, err := s.post(ctx, body, token)
	if err != nil || status != http.StatusUnauthorized {
		return status, answer, err
	}
	again, err := s.Token(ctx, token)
	if err != nil || again == token {
		return status, answer, err
	}
	return s.post(ctx, body, again)
}

func (s *HTTPSender) post(ctx context.Context, body []byte, token string) (int, history.Answer, error) {
	var answer history.Answer
	address := s.URL()
	if address == "" {
		return 0, answer, errors.New("the trainer has no address yet")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(address, "/")+history.PathTrain, bytes.NewReader(body))
	if err != nil {
		return 0, answer, fmt.Errorf("address of the trainer: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := s.Client.Do(request)
	if err != nil {
		return 0, answer, fmt.Errorf("call the trainer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, answerLimit+1))
	switch {
	case err != nil:
		return 0, answer, fmt.Errorf("read the trainer's answer: %w", err)
	case len(data) > answerLimit:
		return 0, answer, fmt.Errorf("the trainer's answer is longer than %d bytes", answerLimit)
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return unexpected(response.StatusCode, data)
	}
	return response.StatusCode, answer, nil
}

// unexpected handles answers that are not the trainer's own: those of proxies on the way.
func unexpected(status int, data []byte) (int, history.Answer, error) {
	const shown = 200
	text := strings.TrimSpace(string(data[:min(len(data), shown)]))
	return 0, history.Answer{}, fmt.Errorf("the trainer's address answered with status %d and no answer of a trainer: %q", status, text)
}
