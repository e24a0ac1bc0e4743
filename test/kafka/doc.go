// Package kafka holds what Creek relies on and guards against in Kafka, each shown on real brokers that the tests start: make kafka-truths.
package kafka
