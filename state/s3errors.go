package state

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/minio/minio-go/v7"
)

// errUnordered: the server lists names in an order of its own, as directory buckets of S3 Express do.
var errUnordered = errors.New("the server does not list names in ascending order, which finding the newest checkpoint needs; " +
	"use a general purpose bucket, or another type of state")

// refusals are the codes with which S3 refuses credentials, or what they may do.
var refusals = []string{
	"AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
	"RequestTimeTooSkewed", "InvalidSecurity", "NotSignedUp", "XAdminUserNotFound",
}

// answerOf returns what the server answered, nothing when no answer came.
func answerOf(err error) minio.ErrorResponse {
	answer, _ := errors.AsType[minio.ErrorResponse](err)
	return answer
}

// exists tells that the condition did not hold: there is an object of the name.
func exists(err error) bool { return answerOf(err).StatusCode == http.StatusPreconditionFailed }

// missing tells that there is no such object. Other things are answered with 404 too: no such bucket, no such user.
func missing(err error) bool { return answerOf(err).Code == minio.NoSuchKey }

// passing tells errors after which the same request may succeed: no answer came, the server is busy or broken, or another write of the
// same object was under way.
func passing(err error) bool {
	answer, answered := errors.AsType[minio.ErrorResponse](err)
	if !answered {
		_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
		return !untrusted && !errors.Is(err, errIdentity) && !errors.Is(err, errUnordered) &&
			!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	switch code := answer.StatusCode; code {
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return true
	default:
		return code >= http.StatusInternalServerError && code != http.StatusNotImplemented
	}
}

func refusedByS3(err error) bool {
	answer := answerOf(err)
	return answer.StatusCode == http.StatusForbidden || answer.StatusCode == http.StatusUnauthorized || slices.Contains(refusals, answer.Code) ||
		errors.Is(err, errIdentity)
}

// explain adds to an error what was done where, and what may be done about it; it tells absent objects and refused credentials apart.
func (s *S3) explain(doing, key string, err error) error {
	if err == nil {
		return nil
	}
	if missing(err) && doing == "get" {
		return fmt.Errorf("get %s: %w", key, ErrNotFound)
	}
	what := fmt.Sprintf("%s %s in bucket %s at %s", doing, key, s.config.Bucket, s.config.Endpoint)
	answer := answerOf(err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case errors.Is(err, ErrUnconditional), errors.Is(err, errUnordered), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", what, err)
	case errors.Is(err, errIdentity):
		return fmt.Errorf("%s: %w (%w): name a Secret with keys, or give the pod's ServiceAccount an identity there", what, ErrAuthentication, err)
	case answer.Region != "" && answer.Region != s.region: // Told with a redirection, or with a signature for another region.
		return fmt.Errorf("%s: the bucket is in region %s, correct the region and the endpoint: %w", what, answer.Region, err)
	case refusedByS3(err):
		return fmt.Errorf("%s: %w (%s: %w): check the keys, and that they allow ListBucket on the bucket and GetObject, PutObject and "+
			"DeleteObject below prefix %q", what, ErrAuthentication, answer.Code, err, s.config.Prefix)
	case answer.Code == minio.NoSuchBucket:
		return fmt.Errorf("%s: the bucket does not exist, create it or correct its name: %w", what, err)
	case untrusted:
		return fmt.Errorf("%s: its certificate is not trusted, check the CA that is named: %w", what, err)
	case answer.StatusCode == 0:
		return fmt.Errorf("%s: it is not reached; check the endpoint, the network, and whether TLS is spoken there: %w", what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
