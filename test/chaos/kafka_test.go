package chaos

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"creek.dev/creek/stream"
	"creek.dev/creek/stream/kafkatest"
)

// kafka is the broker: a real one, which keeps what it acknowledged when it is killed, or the embedded one.
type kafka struct {
	t       *testing.T
	folder  string
	address string
	// libraries is the folder of Kafka's jars; empty for the embedded broker.
	libraries string
	plan      plan
	run       *process
}

func startKafka(ctx context.Context, t *testing.T, folder string, killable bool) *kafka {
	t.Helper()
	port := freePort(t)
	k := &kafka{t: t, folder: folder, address: fmt.Sprintf("127.0.0.1:%d", port), plan: plan{KafkaPort: port}}
	if killable {
		// Where there is none, the embedded broker serves.
		k.libraries, _ = kafkatest.Libraries()
	}
	if k.libraries != "" {
		k.format(port, freePort(t))
	}
	k.start(ctx)
	if k.libraries != "" {
		for name, count := range map[string]int{topic: partitions, deadTopic: 1} {
			if err := stream.CreateTopic(ctx, k.connection(), name, count, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	return k
}

func (k *kafka) connection() stream.Connection {
	return stream.Connection{Brokers: []string{k.address}}
}

// properties are those of one broker that is its own controller. Sessions are short, so that it comes back soon after it was killed.
const properties = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:%[2]d
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:%[1]d,CONTROLLER://127.0.0.1:%[2]d
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=%[3]s
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
`

// format makes the broker's folder.
func (k *kafka) format(port, controller int) {
	k.t.Helper()
	text := fmt.Sprintf(properties, port, controller, filepath.Join(k.folder, "kafka"))
	if err := os.WriteFile(k.config(), []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	command := k.java("kafka.tools.StorageTool", "format", "--config", k.config(), "--cluster-id", "Y3JlZWstY2hhb3MtdGVzdA")
	if out, err := command.CombinedOutput(); err != nil {
		k.t.Fatalf("format Kafka's folder: %v\n%s", err, out)
	}
}

func (k *kafka) config() string { return filepath.Join(k.folder, "server.properties") }

func (k *kafka) java(class string, args ...string) *exec.Cmd {
	base := []string{"-Xmx512m", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=INFO", "-cp", filepath.Join(k.libraries, "*"), class}
	return exec.Command("java", append(base, args...)...)
}

// start starts the broker, again after it was killed, and returns when it serves its topics.
func (k *kafka) start(ctx context.Context) {
	k.t.Helper()
	first := k.run == nil
	if k.libraries == "" {
		k.run = spawn(k.t, k.folder, "kafka", role(k.t, roleBroker, k.plan))
	} else {
		k.run = spawn(k.t, k.folder, "kafka", k.java("kafka.Kafka", k.config()))
	}
	watcher, err := stream.NewWatcher(k.connection())
	if err != nil {
		k.t.Fatal(err)
	}
	defer watcher.Close()
	k.run.ready(ctx, k.t, func() error {
		if first && k.libraries != "" {
			// There is no topic yet: that it says so is an answer.
			_, err := watcher.Topic(ctx, topic)
			if err != nil && strings.Contains(err.Error(), stream.ErrTopicMissing.Error()) {
				return nil
			}
			return err
		}
		_, err := watcher.Stable(ctx, topic, deadTopic)
		return err
	})
}

func (k *kafka) kill() { k.run.kill(k.t) }
