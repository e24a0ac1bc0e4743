package rollout

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// share is the part of the trainings that may be changed at the same time: one of so many.
const share = 10

// Plan is what was decided.
type Plan struct {
	// Turns are the trainings that may be changed now, in the order of their turns.
	Turns []string
	// Held says of trainings that an image is kept away from them, and why.
	Held map[string]string
	// Images is how far the rollout of each image is.
	Images map[string]Progress
}

// Progress is how far the rollout of an image is.
type Progress struct {
	// Trainings are all that are to have the image. They are either Waiting for it, of which Held are not to get it, or Moving, Failed or
	// done.
	Trainings, Waiting, Held, Moving, Failed int
	// Ready are those that were seen to work on it.
	Ready int
	// Halted says why no more trainings get it; empty while they do.
	Halted string
}

// Done are the trainings that have the image and are no longer being changed.
func (p Progress) Done() int { return p.Trainings - p.Waiting - p.Moving - p.Failed }

// String says in words how far it is.
func (p Progress) String() string {
	text := fmt.Sprintf("%d of %d upgraded", p.Done(), p.Trainings)
	if p.Halted != "" {
		text += ". The rollout is halted: " + p.Halted
	}
	return text
}

// Decide returns whose turn it is. presumed are the numerics versions that images are taken to have until one of them was seen to run.
func Decide(now time.Time, trainings []Training, presumed map[string][]int) Plan {
	plan := Plan{Held: map[string]string{}, Images: map[string]Progress{}}
	versions := known(trainings, presumed)
	groups := map[string][]Training{}
	var images []string
	for _, t := range trainings {
		if groups[t.Image] == nil {
			images = append(images, t.Image)
		}
		groups[t.Image] = append(groups[t.Image], t)
	}
	slices.Sort(images)
	for _, image := range images {
		plan.image(now, image, groups[image], versions[image])
	}
	return plan
}

// known are the numerics versions of images.
func known(trainings []Training, presumed map[string][]int) map[string][]int {
	versions := map[string][]int{}
	maps.Copy(versions, presumed)
	for _, t := range trainings {
		if len(t.Runs) > 0 {
			versions[t.Applied] = t.Runs
		}
	}
	return versions
}

// image decides for one image, whose trainings are all that are to have it.
func (plan *Plan) image(now time.Time, image string, trainings []Training, versions []int) {
	p := Progress{Trainings: len(trainings)}
	var candidates []Training
	var broken []string
	running := 0
	for _, t := range trainings {
		if t.Running {
			running++
		}
		if t.Applied == image && t.Ready {
			p.Ready++
		}
		switch t.state(now) {
		case waiting:
			p.Waiting++
			switch {
			case t.Numerics != 0 && len(versions) > 0 && !slices.Contains(versions, t.Numerics):
				p.Held++
				plan.Held[t.Key] = fmt.Sprintf("image %s computes with numerics %s, and the lineage with version %d", image, list(versions), t.Numerics)
			case !t.Unable:
				candidates = append(candidates, t)
			}
		case moving:
			p.Moving++
		case failed:
			p.Failed++
			broken = append(broken, t.Key)
		case done:
		}
	}
	if p.Failed >= MostFailed && p.Failed > p.Ready {
		slices.Sort(broken)
		p.Halted = fmt.Sprintf("%d trainings did not become ready on image %s, such as %s; see why, and give the operator an image that works",
			p.Failed, image, broken[0])
	} else {
		slices.SortFunc(candidates, order)
		plan.admit(candidates, p, running)
	}
	plan.Images[image] = p
}

// admit gives the free slots to the first candidates.
func (plan *Plan) admit(candidates []Training, p Progress, running int) {
	held := p.Moving
	for _, t := range candidates {
		limit := max(1, p.Trainings/share)
		switch {
		case p.Ready == 0:
			limit = 1
		case t.Running && !t.Stopped:
			limit = max(1, running/share)
		}
		if held >= limit {
			return
		}
		held++
		plan.Turns = append(plan.Turns, t.Key)
	}
}

// order is the order of the turns.
func order(a, b Training) int {
	return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(a.Key, b.Key))
}

func class(t Training) int {
	switch {
	case t.Stopped:
		return 0
	case !t.Running:
		return 1
	}
	return 2
}

// list puts versions into words.
func list(versions []int) string {
	texts := make([]string, 0, len(versions))
	for _, v := range versions {
		texts = append(texts, fmt.Sprint(v))
	}
	if len(texts) == 1 {
		return "version " + texts[0]
	}
	return "versions " + strings.Join(texts, ", ")
}
