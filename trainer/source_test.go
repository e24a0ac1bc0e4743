package trainer_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/embedded"
	"creek.dev/creek/trainer"
)

// TestRefusedCredentialsAreReadAgain rotates a password that the broker refused: the next call must use the new one, and a call that is
// refused with an old one must succeed by itself.
func TestRefusedCredentialsAreReadAgain(t *testing.T) {
	broker, err := embedded.Start([]embedded.Topic{{Name: "payments", Partitions: 1}}, kfake.EnableSASL(), kfake.Superuser("PLAIN", "ann", "new"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	writer := stream.NewWriter(stream.Connection{
		Brokers: broker.Addrs(), Mechanism: stream.MechanismPlain, Username: "ann", Password: "new",
	}, "payments")
	defer writer.Close()
	if _, err := writer.Write(t.Context(), 0, []stream.Record{{UnixMillis: 1, Value: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	kafka := trainer.NewKafka(stream.Settings{
		Brokers: broker.Addrs(), SASLMechanism: stream.MechanismPlain, UsernameFile: write("username", "ann"), PasswordFile: write("password", "old"),
	})
	t.Cleanup(kafka.Close)
	if _, err := kafka.Topic(t.Context(), "payments"); !errors.Is(err, stream.ErrAuthentication) {
		t.Fatalf("error %v, want refused credentials", err)
	}
	write("password", "new")
	// The reader in use still has the old password.
	read := 0
	next, err := kafka.Read(t.Context(), stream.Named("payments"), 0, 0, 1, func(batch []stream.Record) error { read += len(batch); return nil })
	if err != nil || next != 1 || read != 1 {
		t.Errorf("with a new password: %d records up to offset %d, error %v", read, next, err)
	}
	if topic, err := kafka.Topic(t.Context(), "payments"); err != nil || len(topic.Partitions) != 1 {
		t.Errorf("topic %+v, error %v", topic, err)
	}
}

func TestMissingCredentialFile(t *testing.T) {
	kafka := trainer.NewKafka(stream.Settings{
		Brokers: []string{"127.0.0.1:9"}, SASLMechanism: stream.MechanismPlain, UsernameFile: "/none/username", PasswordFile: "/none/password",
	})
	if _, err := kafka.Topic(t.Context(), "payments"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want that of the missing file", err)
	}
}
