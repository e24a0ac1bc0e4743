package state_test

import (
	"flag"
	"fmt"
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
			S3: state.S3Settings{
				Endpoint: text.Draw(t, "endpoint"), Bucket: text.Draw(t, "bucket"), Region: text.Draw(t, "region"), Prefix: text.Draw(t, "prefix"),
				CAFile: text.Draw(t, "s3 ca"), AccessKeyFile: text.Draw(t, "access key"), SecretKeyFile: text.Draw(t, "secret key"),
			},
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

func TestS3SettingsNameTheFlagThatIsWrong(t *testing.T) {
	good := state.S3Settings{Endpoint: "https://[::1]:9000", Bucket: "models", Region: "eu-central-1", Prefix: "team/creek"}
	cases := map[string]struct {
		change func(*state.S3Settings)
		want   string
	}{
		"good":                 {func(*state.S3Settings) {}, ""},
		"in clear":             {func(s *state.S3Settings) { s.Endpoint = "http://minio" }, ""},
		"no endpoint":          {func(s *state.S3Settings) { s.Endpoint = "" }, "s3-endpoint"},
		"no scheme":            {func(s *state.S3Settings) { s.Endpoint = "minio:9000" }, "s3-endpoint"},
		"another scheme":       {func(s *state.S3Settings) { s.Endpoint = "ftp://minio" }, "s3-endpoint"},
		"path":                 {func(s *state.S3Settings) { s.Endpoint = "https://minio/models" }, "nothing may stand behind"},
		"password":             {func(s *state.S3Settings) { s.Endpoint = "https://a:b@minio" }, "s3-endpoint"},
		"no bucket":            {func(s *state.S3Settings) { s.Bucket = "" }, "s3-bucket"},
		"bucket with a slash":  {func(s *state.S3Settings) { s.Bucket = "models/a" }, "s3-bucket"},
		"region with a space":  {func(s *state.S3Settings) { s.Region = "eu 1" }, "s3-region"},
		"prefix with a slash":  {func(s *state.S3Settings) { s.Prefix = "a/" }, "s3-prefix"},
		"prefix that climbs":   {func(s *state.S3Settings) { s.Prefix = "a/../b" }, "s3-prefix"},
		"long prefix":          {func(s *state.S3Settings) { s.Prefix = strings.Repeat("a", 257) }, "s3-prefix"},
		"idle authority":       {func(s *state.S3Settings) { s.Endpoint, s.CAFile = "http://minio", "ca" }, "s3-ca-file"},
		"half of a key":        {func(s *state.S3Settings) { s.AccessKeyFile = "id" }, "s3-secret-key-file"},
		"the other half":       {func(s *state.S3Settings) { s.SecretKeyFile = "key" }, "s3-access-key-file"},
		"file that is missing": {func(s *state.S3Settings) { s.AccessKeyFile, s.SecretKeyFile = "/nonexistent", "/nonexistent" }, "s3-access-key-file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			settings := state.Settings{Type: state.TypeS3, S3: good}
			c.change(&settings.S3)
			_, err := settings.Load()
			if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

func TestLoadReadsRotatedS3Keys(t *testing.T) {
	folder := t.TempDir()
	settings := state.Settings{Type: state.TypeS3, S3: state.S3Settings{
		Endpoint: "https://minio", Bucket: "models", AccessKeyFile: filepath.Join(folder, "id"), SecretKeyFile: filepath.Join(folder, "key"),
	}}
	keys := map[string]bool{}
	for _, name := range []string{"first", "second"} {
		for _, file := range []string{"id", "key"} {
			if err := os.WriteFile(filepath.Join(folder, file), []byte(name+"-"+file+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		config, err := settings.Load()
		if err != nil || config.S3.AccessKeyID != name+"-id" || config.S3.SecretAccessKey != name+"-key" {
			t.Fatalf("loaded %q and %q, error %v", config.S3.AccessKeyID, config.S3.SecretAccessKey, err)
		}
		if text := fmt.Sprintf("%v %#v %s", config, config, config.Key()); strings.Contains(text, name) {
			t.Errorf("%s tells a key", text)
		}
		keys[config.Key()] = true
	}
	if len(keys) != 2 {
		t.Error("other credentials have the same key")
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
	f.Add("--state-type=S3 --s3-endpoint=https://a:1 --s3-bucket=abc --s3-region=x --s3-prefix=a/b")
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
