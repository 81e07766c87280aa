/** The page's looks: one sheet, known to its policy by its hash. System fonts; light and dark as the reader has it. */
import { hash } from "node:crypto";

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #fff; --ink: #16181d; --quiet: #5b6270; --line: #e1e4ea;
  --accent: #1d4ed8; --on-accent: #fff; --good: #0f7a4a; --bad: #a8321f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101216; --card: #191c22; --ink: #eceef2; --quiet: #a0a8b7; --line: #2c313b;
    --accent: #8db4ff; --on-accent: #0b1a38; --good: #5fd39b; --bad: #ff9a86;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 24px 16px 40px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 480px; margin: 0 auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 16px; padding: 24px; }
.world {
  margin: 0 0 16px; padding: 8px 12px; border: 1px dashed var(--quiet); border-radius: 10px;
  color: var(--quiet); font-size: 14px; text-align: center;
}
h1 { margin: 0 0 6px; font-size: 20px; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 28px 0 12px; font-size: 16px; line-height: 1.3; }
.amount {
  margin: 0 0 20px; font-size: clamp(24px, 7.6vw, 34px); line-height: 1.2; font-weight: 700;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.status { margin: 0 0 20px; font-weight: 600; }
.status.good { color: var(--good); }
.status.bad { color: var(--bad); }
dl { margin: 0; border-top: 1px solid var(--line); }
dl > div { display: flex; gap: 16px; padding: 12px 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; padding-bottom: 0; }
dt { flex: 0 0 88px; color: var(--quiet); }
dd { flex: 1; margin: 0; min-width: 0; overflow-wrap: anywhere; }
.banks { margin: 0; padding: 0; list-style: none; display: grid; gap: 10px; }
.banks a {
  display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 52px; padding: 12px 18px;
  border-radius: 12px; background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none;
  overflow-wrap: anywhere;
}
.banks a:hover { filter: brightness(1.08); }
.banks a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.scan h2, .scan p { text-align: center; }
.code { margin: 0; }
.code img {
  width: 232px; max-width: 100%; height: auto; border-radius: 12px; border: 1px solid var(--line);
  background: #fff;
}
.quiet { margin: 8px 0 0; color: var(--quiet); font-size: 14px; }
@media (min-width: 860px) {
  body { padding-top: 56px; }
  .payable { max-width: 860px; }
  .payable .card { display: grid; grid-template-columns: 1fr 300px; column-gap: 40px; }
  .payable .pay { grid-column: 1; }
  .payable .scan { grid-column: 2; grid-row: 1 / span 2; padding-left: 40px; border-left: 1px solid var(--line); }
  .payable .scan h2 { margin-top: 0; }
}
`;

export const STYLE_HASH = `sha256-${hash("sha256", STYLE, "base64")}`;
