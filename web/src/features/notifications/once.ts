/**
 * Several tabs hear of the same event, and one tells it: the first that takes the event's lock. A tab that is looked at
 * takes it at once, others leave it a moment, so that the notice comes where somebody is.
 */

/** A notice that is older says nothing new: the bell has it. As long the tab that told it keeps its lock. */
export const FRESH_MS = 60_000;

/** So long a tab that nobody looks at leaves an event to the others. */
const BEHIND_MS = { beside: 300, hidden: 1_000 } as const;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether this tab is the one that tells it. Where the browser has no locks each tab that is looked at is. */
export const claim = async (id: string): Promise<boolean> => {
  const isVisible = document.visibilityState === "visible";
  if (!("locks" in navigator)) return isVisible;
  if (!(isVisible && document.hasFocus())) await wait(BEHIND_MS[isVisible ? "beside" : "hidden"]);
  return new Promise((resolve) => {
    const request = navigator.locks.request(`parley.notice ${id}`, { ifAvailable: true }, async (lock) => {
      resolve(lock !== null);
      if (lock !== null) await wait(FRESH_MS);
    });
    // In a frame of another site a browser may refuse them.
    request.catch(() => resolve(isVisible));
  });
};
