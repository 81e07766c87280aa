/** Each item is worked on once, so many at a time; whoever is free takes the next. @param work told in which lane it is */
export const inLanes = async <Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item, lane: number) => Promise<void>,
): Promise<void> => {
  const left = items.values();
  const walk = async (lane: number): Promise<void> => {
    for (const item of left) await work(item, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => walk(lane)));
};
