// Package stream reaches Kafka: it watches offsets without traffic of its own (Watcher), reads ranges of offsets as fast as one
// core decodes them (Reader), and writes records (Writer).
//
// Connections are opened, encrypted and authenticated by kafka-go. Metadata, offsets and fetches are spoken in franz-go's wire
// types on those connections: kafka-go knows no topic IDs and hands out the records of aborted transactions.
//
// Brokers of Kafka 2.8 and newer are understood.
package stream
