/** The parts of a case's page: all beside each other, or one of them behind a tab. */
export const PANES = ["facts", "story", "decision"] as const;
export type Pane = (typeof PANES)[number];
