package state

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// errIdentity: no credentials were named, and the process has no identity of its own either.
var errIdentity = errors.New("no identity of the pod's own was found")

// identityTimeout bounds one request for the pod's identity: what serves it is near.
const identityTimeout = 5 * time.Second

// credentialsOf returns the keys that were named. Else they come from the environment, or are those of the pod's identity: a web
// identity token (IAM roles for service accounts), a container's (EKS Pod Identity, ECS) or the machine's. They are fetched when they
// are first needed, and again before they end.
func credentialsOf(c S3Config) *credentials.Credentials {
	if c.AccessKeyID != "" || c.SecretAccessKey != "" {
		return credentials.NewStaticV4(c.AccessKeyID, c.SecretAccessKey, "")
	}
	if os.Getenv("AWS_ACCESS_KEY_ID") != "" {
		return credentials.NewEnvAWS()
	}
	// The authorities that sign the store's certificate need not be those of whoever gives identities.
	return credentials.New(&identity{credentials.IAM{
		Client: &http.Client{Timeout: identityTimeout, Transport: http.DefaultTransport}, Region: c.Region,
	}})
}

// identity is the pod's own, with errors that can be told from the store's.
type identity struct{ credentials.IAM }

// RetrieveWithCredContext implements credentials.Provider.
func (i *identity) RetrieveWithCredContext(c *credentials.CredContext) (credentials.Value, error) {
	value, err := i.IAM.RetrieveWithCredContext(c)
	if err != nil {
		return value, fmt.Errorf("%w: %w", errIdentity, err)
	}
	return value, nil
}

// Retrieve implements credentials.Provider.
func (i *identity) Retrieve() (credentials.Value, error) { return i.RetrieveWithCredContext(nil) }
