/** What the executor reports about itself, for metrics. */
export type Observer = {
  batch(size: number, milliseconds: number): void;
  waited(milliseconds: number): void;
  fellBack(commands: number): void;
  depth(commands: number): void;
};
