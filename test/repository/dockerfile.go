package repository

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"
)

// stage is one FROM of a Dockerfile with the instructions that follow it.
type stage struct {
	base         string // image or earlier stage
	name         string // after AS, or empty
	platform     string // of --platform, or empty
	instructions []instruction
}

// instruction is one instruction with its continued lines joined, such as {"RUN", "go build ./..."}.
type instruction struct {
	keyword, arguments string
}

// all returns the arguments of every instruction of that keyword.
func (s stage) all(keyword string) []string {
	var found []string
	for _, i := range s.instructions {
		if i.keyword == keyword {
			found = append(found, i.arguments)
		}
	}
	return found
}

// parseDockerfile splits a Dockerfile into stages. It knows comments, continued lines, and FROM with --platform and AS; instructions
// before the first FROM may only be ARG.
func parseDockerfile(text string) ([]stage, error) {
	var stages []stage
	for _, line := range logicalLines(text) {
		keyword, arguments, _ := strings.Cut(line, " ")
		next := instruction{strings.ToUpper(keyword), strings.TrimSpace(arguments)}
		switch {
		case next.keyword == "FROM":
			s, err := parseFrom(next.arguments)
			if err != nil {
				return nil, err
			}
			stages = append(stages, s)
		case len(stages) > 0:
			last := &stages[len(stages)-1]
			last.instructions = append(last.instructions, next)
		case next.keyword != "ARG":
			return nil, fmt.Errorf("%s stands before the first FROM", next.keyword)
		}
	}
	return stages, nil
}

// logicalLines leaves comments and empty lines out and joins lines that end with a backslash.
func logicalLines(text string) []string {
	var lines []string
	continued := false
	for scanner := bufio.NewScanner(strings.NewReader(text)); scanner.Scan(); {
		line := strings.TrimSpace(scanner.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part, more := strings.CutSuffix(line, `\`)
		part = strings.TrimSpace(part)
		if continued {
			lines[len(lines)-1] += " " + part
		} else {
			lines = append(lines, part)
		}
		continued = more
	}
	return lines
}

func parseFrom(arguments string) (stage, error) {
	var s stage
	words := strings.Fields(arguments)
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		s.platform, _ = strings.CutPrefix(words[0], "--platform=")
		words = words[1:]
	}
	switch {
	case len(words) == 1:
		s.base = words[0]
	case len(words) == 3 && strings.EqualFold(words[1], "AS"):
		s.base, s.name = words[0], words[2]
	default:
		return s, fmt.Errorf("FROM %s: want IMAGE or IMAGE AS NAME", arguments)
	}
	return s, nil
}

// execForm returns the words of an instruction in exec form, ["program", "argument"]; ok is false for the shell form.
func execForm(arguments string) (words []string, ok bool) {
	return words, json.Unmarshal([]byte(arguments), &words) == nil && len(words) > 0
}
