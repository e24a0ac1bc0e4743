package state

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	s3DialTimeout = 3 * time.Second
	// stallTimeout ends a request of which no byte moved for so long. A large value may take longer as a whole.
	stallTimeout = 10 * time.Second
	s3Idle       = time.Minute
)

// errForeign: something that does not speak S3 answered that there is nothing. An absent object is a fact that a training may be stopped
// for, so it counts only in the words of S3.
var errForeign = errors.New("the answer 404 is not one of an S3 server")

// errStalled: the server stopped to answer in the midst of a request.
var errStalled = errors.New("no answer")

func newTransport(config *tls.Config) *http.Transport {
	return &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: s3DialTimeout}).DialContext, TLSHandshakeTimeout: s3DialTimeout, TLSClientConfig: config,
		MaxIdleConnsPerHost: 8, IdleConnTimeout: s3Idle,
		// Values come as they were sent.
		DisableCompression: true,
	}
}

// watched ends requests that make no progress.
type watched struct {
	base   http.RoundTripper
	within time.Duration
}

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(request.Context())
	timer := time.AfterFunc(w.within, func() { cancel(fmt.Errorf("%w for %v", errStalled, w.within)) })
	body := func(inner io.ReadCloser) *watchedBody {
		return &watchedBody{ReadCloser: inner, ctx: ctx, moved: func() { timer.Reset(w.within) }}
	}
	sent := request.WithContext(ctx)
	if sent.Body != nil && sent.Body != http.NoBody {
		sent.Body = body(request.Body)
	}
	response, err := w.base.RoundTrip(sent)
	if err == nil && foreign(request, response) {
		_ = response.Body.Close() // It is of no use.
		err = errForeign
	}
	if err != nil {
		timer.Stop()
		err = stalled(ctx, err)
		cancel(nil)
		return nil, err
	}
	timer.Reset(w.within)
	received := body(response.Body)
	received.done = func() { timer.Stop(); cancel(nil) }
	response.Body = received
	return response, nil
}

// foreign tells that a 404 does not come from an S3 server, which says in XML what it is that it does not have.
func foreign(request *http.Request, response *http.Response) bool {
	return response.StatusCode == http.StatusNotFound && request.Method != http.MethodHead &&
		!strings.Contains(response.Header.Get("Content-Type"), "xml")
}

// stalled returns why a request was ended, if it was for want of progress.
func stalled(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, errStalled) {
		return cause
	}
	return err
}

// watchedBody tells when bytes move.
type watchedBody struct {
	io.ReadCloser
	ctx   context.Context
	moved func()
	done  func()
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.moved()
	}
	if errors.Is(err, io.EOF) {
		return n, err
	}
	return n, stalled(b.ctx, err)
}

// Close implements io.Closer.
func (b *watchedBody) Close() error {
	err := b.ReadCloser.Close()
	if b.done != nil {
		b.done()
	}
	return err
}
