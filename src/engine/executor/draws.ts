/** Hands the ids that a batch drew to its commands. */
import type { Command, Moment } from "../command.ts";
import type { Loaded } from "../store.ts";

/** Ids in the order of the commands. Each may draw what it declared, so that none takes another's. */
export const drawsFrom = (loaded: Loaded): ((command: Pick<Command<unknown, unknown>, "draws">) => Moment["id"]) => {
  const drawn = new Map<string, number>();
  return ({ draws = [] }) => {
    const left = new Map(draws.map((sequence) => [sequence, draws.filter((other) => other === sequence).length]));
    return (sequence) => {
      const mine = left.get(sequence) ?? 0;
      const next = drawn.get(sequence) ?? 0;
      const id = loaded.ids.get(sequence)?.[next];
      if (mine === 0 || id === undefined) throw new Error(`sequence ${sequence} was not named in draws`);
      left.set(sequence, mine - 1);
      drawn.set(sequence, next + 1);
      return id;
    };
  };
};
