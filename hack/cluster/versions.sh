# shellcheck shell=bash disable=SC2034  # The versions of every part of the cluster; read by the other scripts.
kubernetes_version=v1.36.3
etcd_version=v3.7.3
containerd_version=v2.4.2
serving_version=v0.50.0
kourier_version=v0.48.0
helm_version=v4.3.1
envoy_version=1.40.0
kafka_version=4.3.1
maven_dependency_plugin=3.8.1
# CoreDNS and go-containerregistry are pinned by coredns/go.mod and ../images/go.mod.
