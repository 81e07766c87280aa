/** The first row is the heading; the first column is text, the others are figures. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("   ");
  const [heading = [], ...rest] = rows;
  return [line(heading), widths.map((width) => "-".repeat(width)).join("   "), ...rest.map(line)].join("\n");
};

export const whole = (value: number): string => Math.round(value).toLocaleString("en");
export const fine = (value: number): string => value.toFixed(1);

/** @param share 0.5 for the median */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
