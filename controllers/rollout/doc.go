// Package rollout decides which trainings may get another trainer image now. It is pure: what is known of all trainings goes in, whose turn
// it is comes out, and nothing is remembered between two decisions, so that a restart of the operator changes nothing.
//
// A new template is tried by a preflight, which wakes a pod even where the template itself starts none. So nobody is changed without a
// slot, not even a sleeping training:
//
//   - Trainings whose image stopped them come first, then those that sleep, then those that run.
//   - While no training has been seen to work on the image, one has it at a time.
//   - Then a tenth of all trainings, at least one, while sleeping ones are left; then a tenth of those that run, at least one.
//   - A slot is free again when its training is ready on the new image, or asleep: for a sleeping one that nothing wakes, a minute after
//     its change.
//   - One that is neither after Deadline has failed. It keeps its slot until then and gives it up after that, so that one training with
//     troubles of its own does not block the others for ever. But when MostFailed have failed, and more than have come through, it is the
//     image that is at fault: the rollout halts until the image is another, or enough of them are ready after all.
//   - An image that is known not to have the numerics version of a training's lineage is kept away from it. What an image has is known
//     from the trainings that run it, and before that from what is presumed of it.
package rollout
