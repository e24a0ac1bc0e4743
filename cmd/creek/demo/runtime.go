package demo

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"creek.dev/creek/dispatcher/driver"
	"creek.dev/creek/history"
)

// life is the time from start to end of one trainer process.
type life struct {
	from, to time.Time
	// killed tells that it did not end by itself.
	killed bool
}

// runtime stands in for Knative on one machine: it starts a trainer process when a request comes and stops it when none came for the
// idle window. It is a driver.Sender.
type runtime struct {
	binary string
	args   []string
	token  string
	window time.Duration
	log    io.Writer

	client *http.Client
	mu     sync.Mutex
	now    *process
	lives  []life
	busy   time.Duration
	idle   *time.Timer
	// killNext makes the runtime kill the trainer with SIGKILL while it works on the next request.
	killNext bool
}

// process is one running trainer.
type process struct {
	command *exec.Cmd
	url     string
	begun   time.Time
	// ended is closed when the process is gone, buried when its life was written down too.
	ended, buried chan struct{}
	working       int
}

func newRuntime(binary string, args []string, token string, window time.Duration, log io.Writer) *runtime {
	return &runtime{binary: binary, args: args, token: token, window: window, log: log, client: driver.NewClient()}
}

// Send implements driver.Sender.
func (r *runtime) Send(ctx context.Context, request history.Request) (driver.Reply, error) {
	p, err := r.wake(ctx)
	if err != nil {
		return driver.Reply{}, err
	}
	begin := time.Now()
	defer func() { r.rest(p, time.Since(begin)) }()
	if request.Action == history.ActionTrain {
		r.maybeKill(p)
	}
	sender := driver.HTTPSender{
		URL:    func() string { return p.url },
		Token:  func(context.Context, string) (string, error) { return r.token, nil },
		Client: r.client,
	}
	return sender.Send(ctx, request)
}

// Warm implements driver.Warmer.
func (r *runtime) Warm(ctx context.Context) error {
	p, err := r.wake(ctx)
	if err == nil {
		r.rest(p, 0)
	}
	return err
}

// wake returns the running process with one more request in work, and starts one when there is none.
func (r *runtime) wake(ctx context.Context) (*process, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle != nil {
		r.idle.Stop()
	}
	if r.now == nil {
		p, err := startProcess(r.binary, r.args, r.log)
		if err != nil {
			return nil, err
		}
		r.now = p
		go r.watch(p)
	}
	if err := awaitReady(ctx, r.client, r.now); err != nil {
		return nil, err
	}
	r.now.working++
	return r.now, nil
}

// startProcess starts a trainer that listens on a free loopback address.
func startProcess(binary string, args []string, log io.Writer) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	command := exec.Command(binary, append([]string{"--listen=" + address}, args...)...)
	command.Stdout, command.Stderr = log, log
	p := &process{command: command, url: "http://" + address, begun: time.Now(), ended: make(chan struct{}), buried: make(chan struct{})}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the trainer: %w", err)
	}
	return p, nil
}

// watch waits for the end of a process and writes down its life.
func (r *runtime) watch(p *process) {
	err := p.command.Wait()
	close(p.ended)
	defer close(p.buried)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lives = append(r.lives, life{from: p.begun, to: time.Now(), killed: err != nil})
	if r.now == p {
		r.now = nil
	}
}

// rest counts a request as done and, when it was the last, lets the idle window begin.
func (r *runtime) rest(p *process, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy += took
	if p.working--; p.working > 0 || r.now != p {
		return
	}
	r.idle = time.AfterFunc(r.window, func() { r.sleep(p) })
}

// sleep ends an idle process as Knative does, with SIGTERM.
func (r *runtime) sleep(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == p && p.working == 0 {
		_ = p.command.Process.Signal(syscall.SIGTERM)
		r.now = nil
	}
}

// maybeKill kills the process a moment after a request went out, once.
func (r *runtime) maybeKill(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.killNext {
		return
	}
	r.killNext = false
	time.AfterFunc(300*time.Microsecond, func() { _ = p.command.Process.Kill() })
}

// kill asks for the next working trainer to be killed.
func (r *runtime) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.killNext = true
}

// close ends the process, if one runs, and waits for it.
func (r *runtime) close() {
	r.mu.Lock()
	p := r.now
	r.mu.Unlock()
	if p != nil {
		_ = p.command.Process.Signal(syscall.SIGTERM)
		<-p.buried
	}
}

// census returns the lives so far, the present one up to now, and how long requests were worked on.
func (r *runtime) census() (lives []life, busy time.Duration, awake bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lives = append(lives, r.lives...)
	if r.now != nil {
		lives = append(lives, life{from: r.now.begun, to: time.Now()})
	}
	return lives, r.busy, r.now != nil
}

// awaitReady waits until a process answers that it is ready, or ended.
func awaitReady(ctx context.Context, client *http.Client, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+history.PathReady, http.NoBody)
		if err != nil {
			return err
		}
		if answer, err := client.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the trainer ended before it was ready: %s", p.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("the trainer at %s is not ready: %w", p.url, ctx.Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// freeAddress returns a loopback address that nothing listens on now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
