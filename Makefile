# Run `make` alone for the list of targets. Only Go is needed; `make cluster` and `make e2e` say what else they want.
# CREEK_NO_SKIPS=1 makes a skipped test a failure. ARGS="…" is passed on: make test ARGS='-run TestCut ./dispatcher/...', make demo ARGS=--json.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ARGS ?=
GO ?= go
tool := hack/tools/run.sh
# The programs are static, so that they run in an image with nothing beside them.
static := CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w"
# Nested modules with code of their own; the tools' modules hold none.
modules := hack/images hack/cluster/coredns

.PHONY: help
help:
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

##@ Try it

.PHONY: demo
demo: build ## Train on a drifting stream on this machine, without a cluster, in under a minute
	bin/creek demo $(ARGS)

.PHONY: build
build: ## Build bin/creek and bin/trainer
	@mkdir -p bin
	$(static) -o bin/ ./cmd/creek ./cmd/trainer

##@ Develop

.PHONY: test
test: chart-test ## Run every test that needs no cluster (the API server and the S3 server for them are built once and cached)
	@$(tool) versitygw --version >/dev/null
	@assets=$$(hack/cluster/build.sh envtest); \
	export KUBEBUILDER_ASSETS=$$(tail -n 1 <<<"$$assets"); \
	$(GO) run ./hack/gotest $(if $(CREEK_NO_SKIPS),--no-skips) $(if $(ARGS),$(ARGS),./...)
ifeq ($(ARGS),)
	@for module in $(modules); do (cd $$module && $(GO) test ./...); done
endif

FROM ?= 1
COUNT ?= 500
.PHONY: sim
sim: ## Simulate dispatchers and trainers under random faults: make sim FROM=1 COUNT=500
	CREEK_SIM_FROM=$(FROM) CREEK_SIM_COUNT=$(COUNT) $(GO) test -count 1 -timeout 0 -run TestSeeds -v ./test/simulation

.PHONY: chaos
chaos: ## Kill real trainers, dispatchers, Redis and, if it is here, Kafka while they learn, and once more with records lost and learning rates changed: make chaos ARGS='-seed 2 -kills 60 -records 300000'
	$(GO) test -count 1 -timeout 0 -v -run TestChaos ./test/chaos -args -kafka -kills 40 -records 200000 $(ARGS)

.PHONY: kafka-truths
kafka-truths: ## Show on real Kafka brokers here what Creek relies on and guards against (ARGS='-run TestCodecs'); needs java and maven
	@hack/cluster/build.sh kafka >/dev/null
	@# They wait more than they compute.
	$(GO) test -tags e2e -count 1 -v -timeout 20m -parallel 8 ./test/kafka $(ARGS)

.PHONY: sim-mutants
sim-mutants: ## Break each rule of the protocol by a patch and see that a simulated seed or a test notices
	@$(GO) run ./test/simulation/mutants -from $(FROM) -count $(COUNT) $(ARGS)

.PHONY: explore
explore: ## Visit every state of larger models of the protocol than `make test` does, and break each rule of the model once
	CREEK_EXPLORE=1 $(GO) test -count 1 -timeout 0 -v ./test/explorer $(ARGS)

.PHONY: envtest
envtest: ## Build kube-apiserver and etcd and print the folder for KUBEBUILDER_ASSETS
	@hack/cluster/build.sh envtest

.PHONY: chart-test
chart-test: ## Lint the Helm chart and run its unit tests
	@$(tool) helm lint --strict --quiet charts/creek
	@$(tool) helm-unittest charts/creek

.PHONY: lint
lint: ## Run the linters over all Go code and shell scripts
	@hack/lint.sh

.PHONY: fmt
fmt: ## Format all Go code
	$(tool) golangci-lint fmt

.PHONY: generate
generate: ## Write everything that is generated: deep copies, CRDs, roles, schemas, tables in docs
	@hack/generate.sh

.PHONY: verify
verify: ## Check formatting, lint, generated files, chart and manifests; fail on anything not committed
	@hack/verify.sh

.PHONY: parity
parity: ## Compare every learner with River's, MOA's and Vowpal Wabbit's and write docs/parity.md (ARGS=quick: minutes)
	@hack/parity/parity.sh table $(ARGS)

.PHONY: bench-peers
bench-peers: ## Measure how much faster than theirs the learners are, on one core (ARGS=--cached: their last speeds)
	@hack/parity/parity.sh bench $(ARGS)

.PHONY: bench-engine
bench-engine: ## Measure fetching, learning, deliveries, residencies and latency on a real Kafka here, beside River (ARGS='-records 500000')
	@hack/engine/engine.sh $(ARGS)

##@ On a real cluster (root on Linux; everything in a network namespace of its own)

.PHONY: cluster
cluster: ## Start Kubernetes, Knative, Kafka and Redis here and install Creek
	hack/cluster/up.sh
	hack/images/images.sh
	hack/cluster/install.sh

.PHONY: cluster-down
cluster-down: ## Stop it and remove everything it left
	hack/cluster/down.sh

.PHONY: images
images: ## Build the container images and push them to the cluster's registry when it runs
	hack/images/images.sh

.PHONY: e2e
e2e: cluster ## Run the end-to-end tests on the cluster, which is started when needed
	@# Compiled outside the cluster's network namespace, where modules can be downloaded, and run inside.
	$(GO) test -tags e2e -count 1 -v -run TestKafka -exec "$(CURDIR)/hack/cluster/exec.sh" ./stream
	$(GO) test -tags e2e -count 1 -v -timeout 60m -parallel 6 -exec "$(CURDIR)/hack/cluster/exec.sh" ./test/e2e/... $(ARGS)

.PHONY: bench
bench: cluster ## Measure the figures that the README reports, on the cluster
	@$(GO) test -count 1 -v -run Figure ./cmd/trainer | grep -E "FIGURE|FAIL|ok"
	@$(GO) test -tags e2e,figures -count 1 -v -timeout 60m -run Figure -exec "$(CURDIR)/hack/cluster/exec.sh" ./test/e2e/... $(ARGS) | \
		grep -E "FIGURE|FAIL|ok"
