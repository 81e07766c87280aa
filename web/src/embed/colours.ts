/**
 * The host's colours on the app. Promises that whatever a host gives, everything can still be read: colours that are too
 * close to each other are left out, all of them, and the console says which. Amber, brick and blue mean something, and stay.
 */

/** What a host may name, and the token that it becomes. */
export const COLOURS = {
  paper: "--paper",
  surface: "--surface",
  sunken: "--sunken",
  ink: "--ink",
  muted: "--muted",
  line: "--line",
  edge: "--edge",
  accent: "--pine",
  accentHover: "--pine-hover",
  onAccent: "--on-pine",
  accentSoft: "--pine-soft",
} as const;
export type ColourName = keyof typeof COLOURS;

export type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2.2, for text and for borders of controls. */
const TEXT = 4.5;
const BORDER = 3;
const PAIRS: readonly (readonly [ColourName, ColourName, number])[] = [
  ["ink", "paper", TEXT],
  ["ink", "surface", TEXT],
  ["ink", "sunken", TEXT],
  ["muted", "paper", TEXT],
  ["muted", "surface", TEXT],
  ["muted", "sunken", TEXT],
  ["accent", "paper", TEXT],
  ["accent", "surface", TEXT],
  ["accent", "accentSoft", TEXT],
  ["ink", "accentSoft", TEXT],
  ["onAccent", "accent", TEXT],
  ["onAccent", "accentHover", TEXT],
  ["edge", "surface", BORDER],
];

const linear = (channel: number): number => {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};

const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);

/** WCAG's ratio, 1 to 21. */
export const contrast = (one: Rgb, other: Rgb): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

const mix = (one: Rgb, other: Rgb, share: number): Rgb => {
  const part = (index: 0 | 1 | 2) => Math.round(one[index] * share + other[index] * (1 - share));
  return [part(0), part(1), part(2)];
};

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

export type Palette = Readonly<Record<ColourName, Rgb>>;

/** What follows from an accent, where the host does not say it. */
export const complete = (ours: Palette, given: Partial<Palette>): Palette => {
  const palette = { ...ours, ...given };
  const { accent, surface, ink } = palette;
  if (given.accent === undefined) return palette;
  return {
    ...palette,
    accentHover: given.accentHover ?? mix(accent, ink, 0.85),
    accentSoft: given.accentSoft ?? mix(accent, surface, 0.1),
    onAccent: given.onAccent ?? (contrast(WHITE, accent) >= contrast(BLACK, accent) ? WHITE : BLACK),
  };
};

/** The pairs that cannot be told apart, in words. */
export const faults = (palette: Palette): readonly string[] =>
  PAIRS.flatMap(([text, ground, least]) => {
    const ratio = contrast(palette[text], palette[ground]);
    return ratio >= least ? [] : [`${text} on ${ground} has a contrast of ${ratio.toFixed(1)}, less than ${least}`];
  });

const names = Object.keys(COLOURS) as readonly ColourName[];

/** What the browser makes of a colour, whatever notation it is in. */
const createReader = (document: Document) => {
  const sample = document.createElement("span");
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  return {
    read(colour: string): Rgb {
      document.body.append(sample);
      sample.style.color = colour;
      const { color } = getComputedStyle(sample);
      sample.remove();
      if (pen === null) return BLACK;
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
      return [red, green, blue];
    },
  };
};

const allOf = (colourOf: (name: ColourName) => Rgb): Palette =>
  Object.fromEntries(names.map((name) => [name, colourOf(name)])) as Palette;

/** Puts the host's colours on the page, or says in the console why not. @param given by name, as CSS writes colours */
export const applyColours = (document: Document, given: Readonly<Record<string, string>>): void => {
  const { style } = document.documentElement;
  for (const token of Object.values(COLOURS)) style.removeProperty(token);
  const isColour = (value: string) => CSS.supports("color", value) && !value.includes("var(");
  const known = names.filter((name) => isColour(given[name] ?? ""));
  const unknown = Object.keys(given).filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0)
    console.warn(`Parley: ${unknown.join(", ")} left out; a colour is one of ${names.join(", ")}, as CSS writes it`);
  if (known.length === 0) return;
  const { read } = createReader(document);
  const ours = allOf((name) => read(`var(${COLOURS[name]})`));
  const palette = complete(ours, Object.fromEntries(known.map((name) => [name, read(given[name] ?? "")])));
  const wrong = faults(palette);
  if (wrong.length > 0) {
    console.warn(`Parley: the colours are left out, they could not be read: ${wrong.join("; ")}`);
    return;
  }
  for (const name of names) style.setProperty(COLOURS[name], `rgb(${palette[name].join(" ")})`);
};
