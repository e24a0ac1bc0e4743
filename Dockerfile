# Both programs of Creek as images with nothing else in them: no shell, no package manager, no writable file, no root.
#
#   docker build --target creek   -t creek .      operator, dispatcher and command line
#   docker build --target trainer -t trainer .    the trainer
#
# With buildx, --platform linux/amd64,linux/arm64 cross-compiles: the first stage always runs on the builder's own platform.

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
# The modules first, so that a change of the code does not download them again.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH
# Static, because there is no C library in the images; -s -w leave the symbol tables out, which start-up would have to load.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /out/ ./cmd/creek ./cmd/trainer

FROM scratch AS trainer
# Brokers and stores with public certificates are checked against these.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/trainer /trainer
# A number, so that the kubelet can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["/trainer"]

# Last, so that it is what `docker build .` makes.
FROM scratch AS creek
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/creek /creek
USER 65532:65532
ENTRYPOINT ["/creek"]
