package main

// allowed are the cases that may come to something else than the peer, by their names, and why. Nothing else may.
var allowed = map[string]string{}
