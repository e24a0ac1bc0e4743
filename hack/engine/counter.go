package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// counter passes connections on to a broker and counts the requests in them.
type counter struct {
	listener net.Listener
	broker   string
	mu       sync.Mutex
	requests map[string]int
}

// count listens on an address and passes on to a broker until it is closed.
func count(address, broker string) (*counter, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &counter{listener: listener, broker: broker, requests: map[string]int{}}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.pass(client)
		}
	}()
	return c, nil
}

func (c *counter) close() { _ = c.listener.Close() }

// take returns what was counted since the last time, by kind of request.
func (c *counter) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.requests
	c.requests = map[string]int{}
	return taken
}

func (c *counter) pass(client net.Conn) {
	defer func() { _ = client.Close() }()
	broker, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", c.broker)
	if err != nil {
		return
	}
	defer func() { _ = broker.Close() }()
	go func() {
		_, _ = io.Copy(client, broker)
		_ = client.Close()
	}()
	for c.request(client, broker) == nil {
	}
}

// request passes one request on: its length, the key of its kind, and the rest.
func (c *counter) request(client io.Reader, broker io.Writer) error {
	var head [6]byte
	if _, err := io.ReadFull(client, head[:]); err != nil {
		return err
	}
	size := int64(binary.BigEndian.Uint32(head[:]))
	if size < 2 {
		return errors.New("a request without a kind")
	}
	c.mu.Lock()
	c.requests[kmsg.NameForKey(int16(binary.BigEndian.Uint16(head[4:])))]++
	c.mu.Unlock()
	if _, err := broker.Write(head[:]); err != nil {
		return err
	}
	_, err := io.CopyN(broker, client, size-2)
	return err
}
