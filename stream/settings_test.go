package stream_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creek.dev/creek/stream"
)

func parse(args []string) (stream.Settings, error) {
	var s stream.Settings
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	s.AddFlags(fs)
	return s, fs.Parse(args)
}

func TestArgsReproduceSettings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]*`)
		want := stream.Settings{
			Brokers: rapid.SliceOfN(rapid.StringMatching(`[a-z.]{1,8}:[0-9]{1,5}`), 1, 4).Draw(t, "brokers"),
			TLS:     rapid.Bool().Draw(t, "tls"), CAFile: text.Draw(t, "ca"), CertFile: text.Draw(t, "cert"), KeyFile: text.Draw(t, "key"),
			SASLMechanism: text.Draw(t, "mechanism"), UsernameFile: text.Draw(t, "user"), PasswordFile: text.Draw(t, "password"),
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
	brokers := []string{"kafka:9092"}
	cases := map[string]struct {
		settings stream.Settings
		want     string
	}{
		"no broker":         {stream.Settings{}, "kafka-brokers"},
		"no port":           {stream.Settings{Brokers: []string{"kafka"}}, "kafka-brokers"},
		"port too large":    {stream.Settings{Brokers: []string{"kafka:70000"}}, "kafka-brokers"},
		"a URL":             {stream.Settings{Brokers: []string{"http://kafka:9092"}}, "kafka-brokers"},
		"idle authority":    {stream.Settings{Brokers: brokers, CAFile: "ca"}, "kafka-ca-file"},
		"no key":            {stream.Settings{Brokers: brokers, TLS: true, CertFile: "cert"}, "kafka-key-file"},
		"unknown mechanism": {stream.Settings{Brokers: brokers, SASLMechanism: "GSSAPI"}, "kafka-sasl-mechanism"},
		"no password":       {stream.Settings{Brokers: brokers, SASLMechanism: "PLAIN", UsernameFile: "u"}, "kafka-password-file"},
		"idle user":         {stream.Settings{Brokers: brokers, UsernameFile: "u"}, "kafka-username-file"},
		"missing file":      {stream.Settings{Brokers: brokers, TLS: true, CAFile: "/nonexistent"}, "kafka-ca-file"},
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
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	settings := stream.Settings{
		Brokers: []string{"kafka:9092"}, SASLMechanism: "SCRAM-SHA-512", UsernameFile: write("user", "reader\n"), PasswordFile: write("password", "first secret"),
	}
	first, err := settings.Load()
	if err != nil || first.Username != "reader" || first.Password != "first secret" {
		t.Fatalf("loaded user %q, error %v", first.Username, err)
	}
	write("password", "second secret\r\n")
	second, err := settings.Load()
	if err != nil || second.Password != "second secret" {
		t.Fatalf("loaded password %q, error %v", second.Password, err)
	}
	if first.Key() == second.Key() {
		t.Error("another password has the same key")
	}
	if text := first.Key() + first.String() + first.GoString(); strings.Contains(text, "secret") {
		t.Errorf("%q tells the password", text)
	}
	write("password", "\n")
	if _, err := settings.Load(); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("an empty password: error %v", err)
	}
}

func FuzzSettings(f *testing.F) {
	f.Add("--kafka-brokers=a:1,b:2 --kafka-tls")
	f.Add("--kafka-brokers=[::1]:9092 --kafka-sasl-mechanism=PLAIN")
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
