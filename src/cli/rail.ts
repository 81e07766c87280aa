/** `parley rail`: the commands for the rail's operator and for a bank's engineers. */
import { type Command, UsageError } from "./command.ts";
import { railBank } from "./rail-bank.ts";
import { railKeygen } from "./rail-keygen.ts";
import { railParticipant } from "./rail-participant.ts";
import { railSign } from "./rail-sign.ts";
import { synopsisOf } from "./rail-usage.ts";
import { railVerify } from "./rail-verify.ts";

const COMMANDS: readonly Command[] = [railParticipant, railKeygen, railSign, railVerify, railBank];

const INDENT = "\n\t\t";

/** For the rail's operator, and for a bank's engineer. */
export const railCommand: Command = {
  name: "rail",
  summary: "let banks take part, make keys, sign, find out what is wrong with a token, run a simulated bank",
  usage: COMMANDS.map(synopsisOf).join(INDENT),
  commands: COMMANDS,
  async run([word]) {
    const names = COMMANDS.map(({ name }) => name).join(", ");
    throw new UsageError(
      word === undefined ? `Say what of: ${names}.` : `There is no "parley rail ${word}"; there are ${names}.`,
    );
  },
};
