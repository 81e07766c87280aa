/** A row that was written, or named by one that is there. @throws where it is not: that is a fault of ours */
export const found = <Row>(row: Row | null, what: string): Row => {
  if (row === null) throw new Error(`there is no ${what}`);
  return row;
};
