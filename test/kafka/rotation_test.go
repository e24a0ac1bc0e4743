//go:build e2e

package kafka

import (
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"creek.dev/creek/history"
	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

func setPassword(t *testing.T, user, password string) {
	t.Helper()
	answer, err := administrator(t, broker).AlterUserSCRAMs(limit(t), nil, []kadm.UpsertSCRAM{
		{User: user, Mechanism: kadm.ScramSha512, Iterations: 4096, Password: password},
	})
	if err == nil {
		err = answer.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A password that was changed in the broker stops nothing for good: once the mounted file has it, dispatcher and trainer go on, without a
// restart.
func TestRotatedCredentials(t *testing.T) {
	t.Parallel()
	topic := newTopic(t, broker, 1, nil)
	plain := broker.Connection(kafkatest.Plain)
	c := broker.Connection(kafkatest.SASL)
	c.Mechanism, c.Username, c.Password = stream.MechanismScramSHA512, topic, "the first"
	setPassword(t, topic, c.Password)
	allowUser(t, topic, kmsg.ACLResourceTypeTopic, topic, kmsg.ACLOperationRead, kmsg.ACLOperationDescribe, kmsg.ACLOperationDescribeConfigs)
	settings := files(t, c)
	write(t, plain, topic, 0, made(300, 0)...)
	tr := train(t, topic, func(p *plan) { p.kafka = settings })
	tr.learned(300, 0)
	setPassword(t, topic, "the second")
	facts := tr.await("a refusal", func(f history.Facts) bool { return f.Source.Reason == history.ReasonAuthenticationFailed })
	t.Log(facts.Source.Message)
	write(t, plain, topic, 0, made(300, 1)...)
	if err := os.WriteFile(settings.PasswordFile, []byte("the second\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tr.learned(600, 0)
	tr.await("a source that is well", func(f history.Facts) bool { return f.Source.Status == history.True })
	tr.replayed()
}
