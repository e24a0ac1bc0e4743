package repository

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The images cannot be built without a container engine, so this reads what would be built: it holds the promises that the
// restricted Pod Security level, the kubelet and the cold start rest on.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	stages, err := parseDockerfile(read(t, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if len(stages) != 3 {
		t.Fatalf("the Dockerfile has %d stages; want one that builds, and one for each program", len(stages))
	}
	build, images := stages[0], stages[1:]
	t.Run("build", func(t *testing.T) { checkBuild(t, build) })
	names := []string{}
	for _, image := range images {
		names = append(names, image.name)
		t.Run(image.name, func(t *testing.T) { checkImage(t, image, build.name) })
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"creek", "trainer"}, names); diff != "" {
		t.Errorf("unexpected targets (-want +got):\n%s", diff)
	}
}

func checkBuild(t *testing.T, build stage) {
	t.Helper()
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "go.mod"))
	if want := "golang:" + version[1]; build.base != want {
		t.Errorf("it builds with %s; go.mod wants %s", build.base, want)
	}
	if build.platform != "$BUILDPLATFORM" {
		t.Error("it does not run on the builder's own platform: other processors would be emulated instead of cross-compiled for")
	}
	command := ""
	for _, run := range build.all("RUN") {
		if strings.Contains(run, "go build") {
			command = run
		}
	}
	for _, want := range []string{"CGO_ENABLED=0", "GOOS=$TARGETOS", "GOARCH=$TARGETARCH", "-trimpath", "./cmd/creek", "./cmd/trainer"} {
		if !strings.Contains(command, want) {
			t.Errorf("the build command %q lacks %s", command, want)
		}
	}
	if !slices.ContainsFunc(build.all("ARG"), func(arg string) bool { return arg == "TARGETARCH" }) {
		t.Error("ARG TARGETARCH is missing: without it the variable is empty in the stage")
	}
}

func checkImage(t *testing.T, image stage, builder string) {
	t.Helper()
	if image.base != "scratch" {
		t.Errorf("it is made from %s; want scratch, which has no shell", image.base)
	}
	if runs := image.all("RUN"); len(runs) > 0 {
		t.Errorf("it runs %q: scratch has no shell", runs)
	}
	users := image.all("USER")
	if len(users) == 0 {
		t.Fatal("USER is missing: it would run as root")
	}
	user, _, _ := strings.Cut(users[len(users)-1], ":")
	if id, err := strconv.Atoi(user); err != nil || id == 0 {
		t.Errorf("USER %s: want a number that is not 0, else the kubelet cannot tell that it is not root", user)
	}
	words, ok := execForm(strings.Join(image.all("ENTRYPOINT"), " "))
	if !ok || words[0] != "/"+image.name {
		t.Errorf("ENTRYPOINT %q: want the exec form of /%s", image.all("ENTRYPOINT"), image.name)
	}
	program := "--from=" + builder + " /out/" + image.name + " /" + image.name
	if !slices.Contains(image.all("COPY"), program) {
		t.Errorf("COPY %s is missing", program)
	}
	for _, arguments := range image.all("COPY") {
		if !strings.HasPrefix(arguments, "--from="+builder+" ") {
			t.Errorf("COPY %s: only what was built belongs into the image", arguments)
		}
	}
}

func TestParseDockerfile(t *testing.T) {
	t.Parallel()
	text := `# comment
ARG V=1
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
RUN a \
    # a comment between
    b

from scratch
USER 1:1
ENTRYPOINT ["/x"]
`
	want := []stage{
		{base: "golang:1.26", name: "build", platform: "$BUILDPLATFORM", instructions: []instruction{{"RUN", "a b"}}},
		{base: "scratch", instructions: []instruction{{"USER", "1:1"}, {"ENTRYPOINT", `["/x"]`}}},
	}
	got, err := parseDockerfile(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(stage{}, instruction{})); diff != "" {
		t.Errorf("unexpected stages (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"RUN a\nFROM b", "FROM", "FROM a b c d"} {
		if _, err := parseDockerfile(bad); err == nil {
			t.Errorf("parseDockerfile(%q) gave no error", bad)
		}
	}
}
