package observer

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Keys of the Secret that dispatcher and operator share.
const (
	keyCA    = "ca.crt"
	keyCert  = corev1.TLSCertKey
	keyKey   = corev1.TLSPrivateKeyKey
	keyToken = "token"
)

// certificateLife is how long the dispatcher's certificate is valid; it is made anew when a third of that is left.
const certificateLife = 365 * 24 * time.Hour

// Identity is what the operator needs to trust the dispatcher and to be trusted by it.
type Identity struct {
	// CA holds PEM certificates, Token the bearer token.
	CA    []byte
	Token string
}

func (i Identity) equal(other Identity) bool {
	return bytes.Equal(i.CA, other.CA) && i.Token == other.Token
}

// NewToken returns 32 random bytes in hexadecimal digits.
func NewToken() string {
	var token [32]byte
	rand.Read(token[:])
	return hex.EncodeToString(token[:])
}

// renewed returns the data of the shared Secret as it should be, and whether that differs from data: a certificate for hosts that has
// a third of its life before it, and a token, which never changes once it is there. The authority before stays trusted, for the time in
// which the dispatcher has not seen the new certificate.
func renewed(data map[string][]byte, hosts []string, now time.Time) (map[string][]byte, bool, error) {
	if len(data[keyToken]) > 0 && len(data[keyKey]) > 0 && len(data[keyCA]) > 0 && fresh(data[keyCert], hosts, now) {
		return data, false, nil
	}
	authority, cert, key, err := issue(hosts, now)
	if err != nil {
		return nil, false, err
	}
	token := data[keyToken]
	if len(token) == 0 {
		token = []byte(NewToken())
	}
	if block, _ := pem.Decode(data[keyCA]); block != nil {
		authority = append(authority, pem.EncodeToMemory(block)...)
	}
	return map[string][]byte{keyCA: authority, keyCert: cert, keyKey: key, keyToken: token}, true, nil
}

func fresh(certificate []byte, hosts []string, now time.Time) bool {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return false
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.Before(parsed.NotBefore) || parsed.NotAfter.Sub(now) < certificateLife/3 {
		return false
	}
	return !slices.ContainsFunc(hosts, func(host string) bool { return parsed.VerifyHostname(host) != nil })
}

// issue makes an authority for one use, and a server certificate that it signs. The authority's key is thrown away.
func issue(hosts []string, now time.Time) (authority, cert, key []byte, err error) {
	template := func(name string) *x509.Certificate {
		serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // crypto/rand never fails
		return &x509.Certificate{
			SerialNumber: serial, Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
			KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		}
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the authority's key: %w", err)
	}
	root := template("creek")
	root.IsCA, root.KeyUsage = true, x509.KeyUsageCertSign
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the authority's certificate: %w", err)
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the dispatcher's key: %w", err)
	}
	leaf := template("creek-dispatcher")
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			leaf.IPAddresses = append(leaf.IPAddresses, ip)
		} else {
			leaf.DNSNames = append(leaf.DNSNames, host)
		}
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, root, leafKey.Public(), rootKey)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make the dispatcher's certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("encode the dispatcher's key: %w", err)
	}
	return encode("CERTIFICATE", rootDER), encode("CERTIFICATE", leafDER), encode("PRIVATE KEY", keyDER), nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
