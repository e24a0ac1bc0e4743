package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/segmentio/kafka-go"
)

// socket dials and, where config is not nil, encrypts.
func socket(ctx context.Context, config *tls.Config, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	if err != nil || config == nil {
		return conn, err
	}
	own := config.Clone()
	own.ServerName, _, _ = net.SplitHostPort(address)
	secured := tls.Client(conn, own)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secured, nil
}

// explainOpen says why a broker could not be used, and what to do.
func (c Connection) explainOpen(address string, err error) error {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		alert        tls.AlertError
		record       tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("open broker %s: %w", address, err)
	case c.refused(err):
		return fmt.Errorf("broker %s, user %q by %s: %w (%w): check the mechanism, and the user name and the password in the Secret",
			address, c.Username, c.Mechanism, ErrAuthentication, err)
	case errors.As(err, &verification), errors.As(err, &authority):
		return fmt.Errorf("broker %s: %w: its certificate is not trusted, name the authority that signed it: %w", address, ErrUnreachable, err)
	case errors.As(err, &alert), strings.Contains(err.Error(), "remote error: tls"):
		return fmt.Errorf("broker %s: %w: it refused the TLS handshake, it may want a client certificate (%w)", address, ErrAuthentication, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("broker %s: %w: it did not answer in time; check the address, and whether it speaks TLS (tried %s): %w",
			address, ErrUnreachable, c, err)
	case errors.As(err, &record):
		return fmt.Errorf("broker %s: %w: it does not speak TLS at this port, leave tls out or name another port: %w", address, ErrUnreachable, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrNoProgress):
		return fmt.Errorf("broker %s: %w: it closed the connection at once, it may want TLS or SASL (tried %s): %w",
			address, ErrUnreachable, c, err)
	}
	return fmt.Errorf("broker %s: %w: check the address and the network: %w", address, ErrUnreachable, err)
}

// refused tells an answer that will be the same until the credentials change.
func (c Connection) refused(err error) bool {
	if code, ok := errors.AsType[kafka.Error](err); ok {
		return code == kafka.SASLAuthenticationFailed || code == kafka.UnsupportedSASLMechanism || code == kafka.IllegalSASLState
	}
	return c.Mechanism != "" && strings.Contains(err.Error(), "SASL authentication process has failed")
}

// explainBroken says that a connection failed in use. One that never answered may have been refused for how it was opened.
func (c Connection) explainBroken(w *wire, err error) error {
	if !w.used {
		return c.explainOpen(w.address, err)
	}
	return fmt.Errorf("broker %s: %w: the connection broke: %w", w.address, ErrUnreachable, err)
}
