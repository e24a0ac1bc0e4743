// Package kafkatest runs real Kafka brokers on loopback for tests that say what Kafka does. Java and the jars that hack/cluster fetches
// must be here.
package kafkatest
