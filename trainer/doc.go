// Package trainer runs shards of online models: the shell around core's decisions, with an HTTP server that learns inside requests, a
// fetcher that reads Kafka ahead of the learner, checkpoint reading and saving, memory figures and metrics. It starts in milliseconds:
// nothing is dialled before the first request, and being ready means listening.
package trainer
