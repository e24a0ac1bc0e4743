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
	"strconv"
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
	// Room bounds what the senders that share it have on their way; nil bounds nothing.
	Room *Room
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
func (s *HTTPSender) Send(ctx context.Context, request history.Request) (Reply, error) {
	leave, err := s.Room.enter(ctx, &request)
	if err != nil {
		return Reply{}, fmt.Errorf("wait for room beside the requests of other trainings: %w", err)
	}
	defer leave()
	body, err := json.Marshal(request)
	if err != nil {
		return Reply{}, fmt.Errorf("encode a request: %w", err)
	}
	token, err := s.Token(ctx, "")
	if err != nil {
		return Reply{}, err
	}
	reply, err := s.post(ctx, body, token)
	if err != nil || reply.Status != http.StatusUnauthorized {
		return reply, err
	}
	again, err := s.Token(ctx, token)
	if err != nil || again == token {
		return reply, err
	}
	return s.post(ctx, body, again)
}

// Warm implements Warmer. The proxy in front of a trainer that was scaled to zero holds the request until there is one.
func (s *HTTPSender) Warm(ctx context.Context) error {
	address := s.URL()
	if address == "" {
		return errors.New("the trainer has no address yet")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(address, "/")+history.PathReady, nil)
	if err != nil {
		return fmt.Errorf("address of the trainer: %w", err)
	}
	response, err := s.Client.Do(request)
	if err != nil {
		return fmt.Errorf("wake the trainer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, answerLimit)); err != nil {
		return fmt.Errorf("wake the trainer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("wake the trainer: status %d", response.StatusCode)
	}
	return nil
}

func (s *HTTPSender) post(ctx context.Context, body []byte, token string) (Reply, error) {
	address := s.URL()
	if address == "" {
		return Reply{}, errors.New("the trainer has no address yet")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(address, "/")+history.PathTrain, bytes.NewReader(body))
	if err != nil {
		return Reply{}, fmt.Errorf("address of the trainer: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := s.Client.Do(request)
	if err != nil {
		return Reply{}, fmt.Errorf("call the trainer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, answerLimit+1))
	switch {
	case err != nil:
		return Reply{}, fmt.Errorf("read the trainer's answer: %w", err)
	case len(data) > answerLimit:
		return Reply{}, fmt.Errorf("the trainer's answer is longer than %d bytes", answerLimit)
	}
	reply := Reply{Status: response.StatusCode, RetryAfter: retryAfter(response.Header.Get("Retry-After"), time.Now())}
	var answer history.Answer
	if err := json.Unmarshal(data, &answer); err != nil || answer.Trainer.Instance == "" {
		reply.Message = unexpected(response.StatusCode, data)
		return reply, nil
	}
	reply.Answer = answer
	return reply, nil
}

// unexpected puts answers into words that are not the trainer's own, who always names itself: those of proxies on the way.
func unexpected(status int, data []byte) string {
	const shown = 200
	text := strings.TrimSpace(strings.ToValidUTF8(string(data[:min(len(data), shown)]), "?"))
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return fmt.Sprintf("No trainer could be reached: a proxy on the way to it, such as Knative's activator, answered with status %d: %q. "+
			"The request will be repeated.", status, text)
	}
	return fmt.Sprintf("The trainer's address answered with status %d, and not as a trainer does: %q. The request will be repeated.", status, text)
}

// retryAfter reads the header of that name: seconds, or a moment. What cannot be read says nothing.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(header, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
