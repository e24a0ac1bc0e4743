package state

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/redis/go-redis/v9"
)

// required is how a Redis server must be set up to keep what it acknowledges through a crash, and why.
var required = []struct{ setting, want, why string }{
	{"appendonly", "yes", "without it a crash loses what was written since the last snapshot"},
	{"appendfsync", "always", "otherwise a crash loses about a second of writes"},
	{"no-appendfsync-on-rewrite", "no", "otherwise writes are not synced while the file is rewritten"},
	{"maxmemory-policy", "noeviction", "otherwise a full server drops keys"},
}

// Durability implements Checker. It is Strong where every write is synced before it is acknowledged, nothing is evicted, and no
// replica waits to take over without the last writes. What the server does not let us ask counts as Weak.
func (r *Redis) Durability(ctx context.Context) (Durability, string, error) {
	for _, item := range required {
		found, err := r.client.ConfigGet(ctx, item.setting).Result()
		if refused(err) {
			return Weak, fmt.Sprintf("the server does not let user %q ask for its settings (%v)", r.user, err), nil
		}
		if err != nil {
			return "", "", r.explain("read setting", item.setting, err)
		}
		if found[item.setting] != item.want {
			return Weak, fmt.Sprintf("%s is %q, set it to %s: %s", item.setting, found[item.setting], item.want, item.why), nil
		}
	}
	return r.replication(ctx)
}

func (r *Redis) replication(ctx context.Context) (Durability, string, error) {
	info, err := r.client.InfoMap(ctx, "replication", "persistence", "cluster").Result()
	if refused(err) {
		return Weak, fmt.Sprintf("the server does not let user %q ask for its replicas (%v)", r.user, err), nil
	}
	if err != nil {
		return "", "", r.explain("read", "server information", err)
	}
	fields := map[string]string{}
	for _, section := range info {
		maps.Copy(fields, section)
	}
	switch {
	case fields["role"] != "master":
		return Weak, fmt.Sprintf("the server is a %q, not a master", fields["role"]), nil
	case fields["connected_slaves"] != "0":
		return Weak, fmt.Sprintf("%s replicas are attached, which copy asynchronously: a failover loses the last writes", fields["connected_slaves"]), nil
	case fields["cluster_enabled"] == "1":
		return Weak, "the server is part of a cluster, whose failovers lose the last writes", nil
	case fields["aof_last_write_status"] != "ok":
		return Weak, fmt.Sprintf("the last write to the server's append-only file was %q", fields["aof_last_write_status"]), nil
	}
	return Strong, "", nil
}

// refused tells a server that answers but does not allow the question, such as a managed one.
func refused(err error) bool {
	if err == nil || redis.IsAuthError(err) {
		return false
	}
	return redis.IsPermissionError(err) || strings.Contains(err.Error(), "unknown command")
}
