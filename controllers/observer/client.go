package observer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"creek.dev/creek/history"
)

const (
	// requestTimeout bounds one poll; it is well below the interval.
	requestTimeout = 3 * time.Second
	// bodyLimit bounds what is read of an answer: some kilobytes for each of very many trainings.
	bodyLimit = 64 << 20
)

// Client asks over HTTP: the dispatcher at URL over TLS, with the identity that it was given, and baseline pods in plain text.
type Client struct {
	url   string // of the dispatcher, without the path
	plain *http.Client

	mu       sync.Mutex
	identity Identity
	secure   *http.Client
}

// NewClient returns a Client for the dispatcher at url, which has no path.
func NewClient(url string) *Client {
	return &Client{url: url, plain: &http.Client{Timeout: requestTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute}}}
}

// Trust makes the client use an identity from now on.
func (c *Client) Trust(identity Identity) error {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(identity.CA) {
		return errors.New("the certificate authority in the facts Secret is no PEM certificate; delete the Secret, it is made anew")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.secure != nil && c.identity.equal(identity) {
		return nil
	}
	c.identity = identity
	c.secure = &http.Client{Timeout: requestTimeout, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
	}}
	return nil
}

// Trainings implements Fetcher.
func (c *Client) Trainings(ctx context.Context) ([]history.Facts, error) {
	c.mu.Lock()
	client, token := c.secure, c.identity.Token
	c.mu.Unlock()
	if client == nil {
		return nil, errors.New("the facts Secret could not be read yet")
	}
	var answer struct {
		Trainings []history.Facts `json:"trainings"`
	}
	if err := get(ctx, client, c.url+history.PathFacts, token, &answer); err != nil {
		return nil, fmt.Errorf("ask the dispatcher at %s: %w", c.url, err)
	}
	return answer.Trainings, nil
}

// Baseline implements Fetcher.
func (c *Client) Baseline(ctx context.Context, target Target) (history.Facts, error) {
	var facts history.Facts
	if err := get(ctx, c.plain, "http://"+target.Address+history.PathFacts, target.Token, &facts); err != nil {
		return facts, fmt.Errorf("ask the baseline pod at %s: %w", target.Address, err)
	}
	return facts, nil
}

func get(ctx context.Context, client *http.Client, url, token string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answered %s", response.Status)
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, bodyLimit)).Decode(into); err != nil {
		return fmt.Errorf("read its answer: %w", err)
	}
	return nil
}
