package driver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"creek.dev/creek/history"
)

func carried(bytes int) history.Request {
	return history.Request{Residency: history.ResidencyCarried, State: make([]byte, bytes)}
}

// TestRoomIsBounded has trainers that never answer: what is on its way stays within the bound, small requests go all the same, and
// those that wait go when there is room.
func TestRoomIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 8 << 20
		room := NewRoom(limit)
		var out atomic.Int64
		ctx, cancel := context.WithCancel(t.Context())
		for range 100 {
			go func() {
				request := carried(1 << 20)
				leave, err := room.enter(ctx, &request)
				if err != nil {
					return
				}
				out.Add(requestWeight(&request))
				<-ctx.Done()
				leave()
			}()
		}
		synctest.Wait()
		if n := out.Load(); n == 0 || n > limit {
			t.Errorf("%d bytes are on their way, of %d", n, limit)
		}
		small := carried(10 << 10)
		leave, err := room.enter(ctx, &small)
		if err != nil {
			t.Fatal(err)
		}
		leave()
		large := carried(1 << 20)
		soon, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		if _, err := room.enter(soon, &large); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v while there is no room", err)
		}
		cancel()
		synctest.Wait()
		huge := carried(100 << 20)
		if leave, err = room.enter(t.Context(), &huge); err != nil {
			t.Fatal(err)
		}
		leave()
	})
}

// TestSenderGivesItsRoomBack sends one after the other what has room only alone, through answers and failures.
func TestSenderGivesItsRoomBack(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests%2 == 0 {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write([]byte(`{"trainer":{"instance":"i"}}`))
	}))
	defer server.Close()
	sender := &HTTPSender{
		URL: func() string { return server.URL }, Client: NewClient(), Room: NewRoom(1 << 20),
		Token: func(context.Context, string) (string, error) { return "t", nil },
	}
	for i := range 6 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := sender.Send(ctx, carried(1<<20))
		cancel()
		if failed := err != nil; failed != (i%2 == 1) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("request %d: %v", i, err)
		}
	}
}
