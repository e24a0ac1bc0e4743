package kafkatest

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Listener is a port of a broker and what it asks of clients.
type Listener string

// Listeners of every broker.
const (
	// Plain asks for nothing; who comes there may do everything.
	Plain Listener = "PLAIN"
	// SASL asks for PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, in clear.
	SASL Listener = "SASL"
	// TLS encrypts and asks for nothing.
	TLS Listener = "TLS"
	// MutualTLS asks for a certificate of the cluster's authority.
	MutualTLS Listener = "MTLS"
	// SASLTLS asks for what SASL does, encrypted.
	SASLTLS Listener = "SASLTLS"

	controller Listener = "CONTROLLER"
)

var listeners = []Listener{Plain, SASL, TLS, MutualTLS, SASLTLS, controller}

func (l Listener) encrypted() bool { return l == TLS || l == MutualTLS || l == SASLTLS }

func (l Listener) protocol() string {
	switch l {
	case SASL:
		return "SASL_PLAINTEXT"
	case TLS, MutualTLS:
		return "SSL"
	case SASLTLS:
		return "SASL_SSL"
	default:
		return "PLAINTEXT"
	}
}

// Users that every mechanism knows with Password: User may do everything, Limited only what access lists allow, which are empty at first.
const (
	User     = "alice"
	Limited  = "bob"
	Password = "kafkatest-password"
)

// properties are those of a broker that comes back soon after it was killed and lets topics be replicated to as many brokers as there are.
func (b *Broker) properties() string {
	var voters, addresses, protocols []string
	for _, other := range b.cluster.Brokers {
		voters = append(voters, fmt.Sprintf("%d@%s", other.ID, other.Address(controller)))
	}
	for _, l := range listeners {
		addresses = append(addresses, string(l)+"://"+b.Address(l))
		protocols = append(protocols, string(l)+":"+l.protocol())
	}
	replicas := len(b.cluster.Brokers)
	var text strings.Builder
	fmt.Fprintf(&text, template, b.ID, strings.Join(voters, ","), strings.Join(addresses, ","), strings.Join(protocols, ","),
		filepath.Join(b.folder, "data"), filepath.Join(b.folder, "broker.pem"), filepath.Join(b.folder, "ca.pem"), replicas, max(1, replicas-1))
	for _, l := range []Listener{SASL, SASLTLS} {
		text.WriteString(b.users(l))
	}
	return text.String()
}

// users makes the listener know the users of PLAIN; those of SCRAM are in the metadata log.
func (b *Broker) users(l Listener) string {
	prefix := "listener.name." + strings.ToLower(string(l)) + "."
	// Sessions end soon, so that changed passwords count: a broker then closes connections that did not authenticate again.
	return prefix + "connections.max.reauth.ms=2000\n" + prefix + "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512\n" +
		prefix + fmt.Sprintf("plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=%q user_%s=%q;\n",
		User, Password, Limited, Password) +
		prefix + "scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;\n" +
		prefix + "scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;\n"
}

const template = `process.roles=broker,controller
node.id=%[1]d
controller.quorum.voters=%[2]s
controller.listener.names=CONTROLLER
listeners=%[3]s
listener.security.protocol.map=%[4]s
inter.broker.listener.name=PLAIN
log.dirs=%[5]s
ssl.keystore.type=PEM
ssl.keystore.location=%[6]s
ssl.truststore.type=PEM
ssl.truststore.location=%[7]s
listener.name.mtls.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:alice;User:CN=client
auto.create.topics.enable=false
default.replication.factor=%[8]d
min.insync.replicas=%[9]d
offsets.topic.replication.factor=%[8]d
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=%[8]d
transaction.state.log.min.isr=%[9]d
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
log.retention.check.interval.ms=500
log.initial.task.delay.ms=500
log.cleaner.backoff.ms=500
log.cleaner.dedupe.buffer.size=33554432
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
unclean.leader.election.enable=false
num.network.threads=2
num.io.threads=2
`
