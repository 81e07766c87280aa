/** Participants: the banks of the rail, their keys and their callback addresses. */

export { type AddKey, addKey, faultOfAlgorithm } from "./add-key.ts";
export { type ChallengeCallback, challengeCallback } from "./challenge-callback.ts";
export { type CreateParticipant, createParticipant } from "./create-participant.ts";
export { createDirectory, type Directory, type KnownKey } from "./directory.ts";
export { type EditParticipant, editParticipant } from "./edit-participant.ts";
export { faultOfMode, type Operator, recordAct } from "./operator-acts.ts";
export { type Proof, type ProveCallback, proveCallback } from "./prove-callback.ts";
export { type RevokeKey, revokeKey } from "./revoke-key.ts";
export { createSubmitOperatorCommand, operatorOf } from "./submit-operator-command.ts";
export { faultOfKey } from "./validity.ts";
export { isInMaintenance } from "./windows.ts";
