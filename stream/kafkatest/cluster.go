package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"creek.dev/creek/stream"
)

// clusterID is any base64 text of 16 bytes.
const clusterID = "Y3JlZWstdHJ1dGgtdGVzdA"

// Cluster is a set of brokers, each its own process and one voter of the controller's quorum.
type Cluster struct {
	// Authority signs the certificates of the brokers and those that clients show.
	Authority *Authority
	Brokers   []*Broker

	folder, libraries string
}

// Start starts so many brokers with folders below folder and returns when they answer. The caller calls Close, after an error too.
func Start(ctx context.Context, folder string, brokers int) (*Cluster, error) {
	c := &Cluster{folder: folder}
	var err error
	if c.libraries, err = Libraries(); err != nil {
		return c, err
	}
	if c.Authority, err = NewAuthority(); err != nil {
		return c, err
	}
	if err := c.prepare(brokers); err != nil {
		return c, err
	}
	for _, b := range c.Brokers {
		if err := b.Launch(); err != nil {
			return c, err
		}
	}
	for _, b := range c.Brokers {
		if err := b.Await(ctx); err != nil {
			return c, err
		}
	}
	return c, nil
}

// prepare chooses ports and writes each broker's folder.
func (c *Cluster) prepare(brokers int) error {
	ports, err := freePorts(brokers * len(listeners))
	if err != nil {
		return err
	}
	for i := range brokers {
		b := &Broker{ID: int32(i + 1), cluster: c, folder: filepath.Join(c.folder, fmt.Sprintf("broker-%d", i+1)), ports: map[Listener]int{}}
		for n, l := range listeners {
			b.ports[l] = ports[i*len(listeners)+n]
		}
		c.Brokers = append(c.Brokers, b)
	}
	failures := make([]error, brokers)
	var wait sync.WaitGroup
	for i, b := range c.Brokers {
		wait.Go(func() { failures[i] = b.format() })
	}
	wait.Wait()
	return errors.Join(failures...)
}

// Connection returns how to reach the brokers at a listener, without credentials.
func (c *Cluster) Connection(l Listener) stream.Connection {
	connection := stream.Connection{TLS: l.encrypted()}
	if connection.TLS {
		connection.CA = c.Authority.Certificate
	}
	for _, b := range c.Brokers {
		connection.Brokers = append(connection.Brokers, b.Address(l))
	}
	return connection
}

// Close ends the brokers.
func (c *Cluster) Close() {
	for _, b := range c.Brokers {
		_ = b.Kill()
	}
}

func (c *Cluster) java(class string, args ...string) *exec.Cmd {
	base := []string{
		"-Xmx384m", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dlog4j2.level=INFO",
		"-cp", filepath.Join(c.libraries, "*"), class,
	}
	return exec.Command("java", append(base, args...)...)
}

// freePorts returns ports of loopback that nothing listens on now.
func freePorts(n int) ([]int, error) {
	var ports []int
	var open []net.Listener
	// All stay open until all are found, so that none is found twice.
	defer func() {
		for _, l := range open {
			_ = l.Close()
		}
	}()
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("look for a free port: %w", err)
		}
		open = append(open, listener)
		ports = append(ports, listener.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// Broker is one of a cluster's brokers.
type Broker struct {
	ID int32

	cluster *Cluster
	folder  string
	ports   map[Listener]int
	command *exec.Cmd
	exited  chan struct{}
}

// Address returns host:port of a listener.
func (b *Broker) Address(l Listener) string { return fmt.Sprintf("127.0.0.1:%d", b.ports[l]) }

// Start starts a broker that was killed and returns when it answers.
func (b *Broker) Start(ctx context.Context) error {
	if err := b.Launch(); err != nil {
		return err
	}
	return b.Await(ctx)
}

// Kill ends the broker with SIGKILL, if it runs. What it acknowledged stays in its folder.
func (b *Broker) Kill() error {
	if b.command == nil {
		return nil
	}
	err := b.command.Process.Kill()
	<-b.exited
	b.command = nil
	return err
}

// Stop makes a broker that runs hang: connections are accepted still, and nothing is answered until Continue.
func (b *Broker) Stop() error { return b.signal(syscall.SIGSTOP) }

// Continue lets a broker that was stopped go on.
func (b *Broker) Continue() error { return b.signal(syscall.SIGCONT) }

func (b *Broker) signal(s syscall.Signal) error {
	if b.command == nil {
		return fmt.Errorf("send broker %d the signal %v: %w", b.ID, s, os.ErrProcessDone)
	}
	if err := b.command.Process.Signal(s); err != nil {
		return fmt.Errorf("send broker %d the signal %v: %w", b.ID, s, err)
	}
	return nil
}

func (b *Broker) format() error {
	if err := os.MkdirAll(b.folder, 0o700); err != nil {
		return fmt.Errorf("make the folder of broker %d: %w", b.ID, err)
	}
	if err := b.cluster.Authority.writeBroker(b.folder); err != nil {
		return err
	}
	if err := os.WriteFile(b.config(), []byte(b.properties()), 0o600); err != nil {
		return fmt.Errorf("write the properties of broker %d: %w", b.ID, err)
	}
	args := []string{"format", "--config", b.config(), "--cluster-id", clusterID}
	for _, mechanism := range []string{stream.MechanismScramSHA256, stream.MechanismScramSHA512} {
		for _, user := range []string{User, Limited} {
			args = append(args, "--add-scram", fmt.Sprintf("%s=[name=%s,password=%s]", mechanism, user, Password))
		}
	}
	if out, err := b.cluster.java("kafka.tools.StorageTool", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("format the folder of broker %d: %w\n%s", b.ID, err, out)
	}
	return nil
}

func (b *Broker) config() string { return filepath.Join(b.folder, "server.properties") }

// Launch starts a broker that was killed and does not wait until it answers.
func (b *Broker) Launch() error {
	log, err := os.OpenFile(filepath.Join(b.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of broker %d: %w", b.ID, err)
	}
	defer func() { _ = log.Close() }()
	command := b.cluster.java("kafka.Kafka", b.config())
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		return fmt.Errorf("start broker %d: %w", b.ID, err)
	}
	exited := make(chan struct{})
	b.command, b.exited = command, exited
	go func() {
		_ = command.Wait() // How it ended is in its state.
		close(exited)
	}()
	return nil
}

// Await returns when the broker says of a topic that nobody made that it is not there, which it does only when it serves.
func (b *Broker) Await(ctx context.Context) error {
	watcher, err := stream.NewWatcher(stream.Connection{Brokers: []string{b.Address(Plain)}})
	if err != nil {
		return err
	}
	defer watcher.Close()
	for {
		_, err := watcher.Topic(ctx, "kafkatest-nobody-made-this")
		if errors.Is(err, stream.ErrTopicMissing) {
			return nil
		}
		select {
		case <-b.exited:
			return fmt.Errorf("broker %d ended: %s\n%s", b.ID, b.command.ProcessState, b.tail())
		case <-ctx.Done():
			return fmt.Errorf("broker %d does not answer: %w\n%s", b.ID, errors.Join(ctx.Err(), err), b.tail())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tail is the end of the broker's log.
func (b *Broker) tail() string {
	const most = 4 << 10
	text, _ := os.ReadFile(filepath.Join(b.folder, "log"))
	return strings.TrimSpace(string(text[max(0, len(text)-most):]))
}
