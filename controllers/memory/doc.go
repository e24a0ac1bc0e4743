// Package memory decides what memory limit a trainer needs and when to change it. It is pure: facts in, decision out. It reads no clock
// and talks to no cluster; all that it must remember is a History, which the operator keeps in the status of the CreekTraining.
//
// How a decision comes about:
//
//	peaks of slices ──▶ History (decaying histogram, OOM floor, growth)
//	                        │ Need: p98 × margin, forecast, floor → class, within [min, max]
//	                        ▼
//	              ┌─── killed at the ceiling ──▶ Exhausted: the training stops
//	   Facts ─────┼─── a pod runs, too small ──▶ Resize: the pod in place, no restart; the template follows when idle
//	              ├─── no pod, too small ──────▶ PatchTemplate
//	              ├─── no pod, too large ──────▶ PatchTemplate, when the lower need has proved itself
//	              └─── else ───────────────────▶ None
package memory
