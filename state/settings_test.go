package state_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/state"
)

func parse(args []string) (state.Settings, error) {
	var s state.Settings
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	s.AddFlags(fs)
	return s, fs.Parse(args)
}

func TestArgsReproduceSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]*`)
		want := state.Settings{
			Type: text.Draw(t, "type"), RedisAddress: text.Draw(t, "address"), RedisTLS: rapid.Bool().Draw(t, "tls"), RedisCAFile: text.Draw(t, "ca"),
			RedisUsernameFile: text.Draw(t, "user"), RedisPasswordFile: text.Draw(t, "password"),
			RedisDatabase: rapid.IntRange(0, 15).Draw(t, "database"), Directory: text.Draw(t, "directory"),
		}
		got, err := parse(want.Args())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestSettingsNameTheFlagThatIsWrong(t *testing.T) {
	cases := map[string]struct {
		settings state.Settings
		want     string
	}{
		"nothing":           {state.Settings{}, "state-type"},
		"another type":      {state.Settings{Type: "Etcd"}, "state-type"},
		"no folder":         {state.Settings{Type: "File"}, "state-directory"},
		"no address":        {state.Settings{Type: "Redis"}, "redis-address"},
		"no port":           {state.Settings{Type: "Redis", RedisAddress: "redis"}, "redis-address"},
		"port 0":            {state.Settings{Type: "Redis", RedisAddress: "redis:0"}, "redis-address"},
		"idle authority":    {state.Settings{Type: "Redis", RedisAddress: "redis:1", RedisCAFile: "ca"}, "redis-ca-file"},
		"user alone":        {state.Settings{Type: "Redis", RedisAddress: "redis:1", RedisUsernameFile: "u"}, "redis-username-file"},
		"negative database": {state.Settings{Type: "Redis", RedisAddress: "redis:1", RedisDatabase: -1}, "redis-database"},
		"missing file":      {state.Settings{Type: "Redis", RedisAddress: "redis:1", RedisPasswordFile: "/nonexistent"}, "redis-password-file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := c.settings.Load(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v does not name %s", err, c.want)
			}
		})
	}
}

func TestLoadReadsRotatedCredentials(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	settings := state.Settings{Type: "Redis", RedisAddress: "redis:6379", RedisPasswordFile: file}
	var keys []string
	for _, password := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := settings.Load()
		if err != nil || config.Password != password {
			t.Fatalf("loaded password %q, error %v", config.Password, err)
		}
		if strings.Contains(config.Key()+config.String(), password) {
			t.Error("the key or the text of the config tells the password")
		}
		keys = append(keys, config.Key())
	}
	if keys[0] == keys[1] {
		t.Error("another password has the same key")
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("--state-type=Redis --redis-address=a:1 --redis-tls")
	f.Add("--state-type=File --state-directory=/x")
	f.Fuzz(func(t *testing.T, line string) {
		first, err := parse(strings.Fields(line))
		if err != nil {
			return
		}
		again, err := parse(first.Args())
		if diff := cmp.Diff(first, again); diff != "" || err != nil {
			t.Fatal(err, diff)
		}
		_ = first.Validate() // It must not panic.
	})
}
